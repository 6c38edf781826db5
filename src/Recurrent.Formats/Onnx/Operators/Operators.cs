namespace Recurrent.Formats.Onnx;

/// <summary>The operators that are understood, and why others are not.</summary>
internal static class Operators
{
    private static readonly Dictionary<string, Func<NodeContext, IReadOnlyList<Value?>>> Known = new(StringComparer.Ordinal)
    {
        ["RNN"] = RecurrentOperators.Apply,
        ["LSTM"] = RecurrentOperators.Apply,
        ["GRU"] = RecurrentOperators.Apply,
        ["Split"] = SelectionOperators.Split,
        ["Gemm"] = One(ProductOperators.Gemm),
        ["MatMul"] = One(ProductOperators.MatMul),
        ["Add"] = One(ArithmeticOperators.Apply),
        ["Sub"] = One(ArithmeticOperators.Apply),
        ["Mul"] = One(ArithmeticOperators.Apply),
        ["Div"] = One(ArithmeticOperators.Apply),
        ["Sum"] = One(ArithmeticOperators.Sum),
        ["ReduceSum"] = One(JoinOperators.SumOfDirections),
        ["ReverseSequence"] = One(TimeOperators.ReverseSequence),
        ["Neg"] = One(ArithmeticOperators.Negate),
        ["BatchNormalization"] = One(ArithmeticOperators.BatchNormalization),
        ["Transpose"] = One(ShapeOperators.Transpose),
        ["Squeeze"] = One(ShapeOperators.Squeeze),
        ["Unsqueeze"] = One(ShapeOperators.Unsqueeze),
        ["Reshape"] = One(ShapeOperators.Reshape),
        ["Flatten"] = One(ShapeOperators.Flatten),
        ["Identity"] = One(ShapeOperators.Identity),
        ["Dropout"] = One(ShapeOperators.Dropout),
        ["Cast"] = One(ShapeOperators.Cast),
        ["Concat"] = One(ConcatOperator.Apply),
        ["Slice"] = One(SelectionOperators.Slice),
        ["Gather"] = One(SelectionOperators.Gather),
        ["Constant"] = One(ConstantOperators.Constant),
        ["ConstantOfShape"] = One(ConstantOperators.ConstantOfShape),
        ["Expand"] = One(ConstantOperators.Expand),
        ["Tile"] = One(ConstantOperators.Tile),
        ["Shape"] = One(ConstantOperators.Shape),
        ["Equal"] = One(ShapeChoices.Equal),
        ["Where"] = One(ShapeChoices.Where),
        ["Softmax"] = One(ActivationOperators.Softmax),
        ["Relu"] = One(ActivationOperators.Apply),
        ["Sigmoid"] = One(ActivationOperators.Apply),
        ["Tanh"] = One(ActivationOperators.Apply),
        ["HardSigmoid"] = One(ActivationOperators.Apply),
        ["LeakyRelu"] = One(ActivationOperators.Apply),
        ["Elu"] = One(ActivationOperators.Apply),
        ["Softsign"] = One(ActivationOperators.Apply),
        ["Softplus"] = One(ActivationOperators.Apply),
        ["ThresholdedRelu"] = One(ActivationOperators.Apply),
        ["Clip"] = One(ActivationOperators.Clip),
    };

    public static IReadOnlyList<Value?> Apply(NodeContext context) =>
        Known.TryGetValue(context.Node.Operator, out Func<NodeContext, IReadOnlyList<Value?>>? apply)
            ? apply(context)
            : throw context.Refuse(WhyNot(context.Node.Operator));

    private static Func<NodeContext, IReadOnlyList<Value?>> One(Func<NodeContext, Value> apply) =>
        context => [apply(context)];

    private static string WhyNot(string name) => name switch
    {
        "Loop" or "Scan" or "If" => "control flow is not supported; export the layer as LSTM, GRU or RNN",
        _ when name.Contains("Conv", StringComparison.Ordinal) => "convolutions are not part of a recurrent model",
        _ when name.Contains("Pool", StringComparison.Ordinal) => "pooling is not part of a recurrent model",
        _ when name.StartsWith("Reduce", StringComparison.Ordinal) => "sums over an axis are not part of a recurrent model",
        _ when name.Contains("Attention", StringComparison.Ordinal) => "attention is not part of a recurrent model",
        _ when name.Contains("Quant", StringComparison.Ordinal) || name.EndsWith("Integer", StringComparison.Ordinal) =>
            "quantized models are not supported",
        _ when name.Contains("Normalization", StringComparison.Ordinal) =>
            "a normalization that depends on the data is not part of a recurrent model",
        "LogSoftmax" => "there is no such layer; leave the logarithm of the softmax to whoever needs it",
        _ when name.Contains('.', StringComparison.Ordinal) => "only operators of ONNX itself are supported",
        _ => "this operator is not part of a recurrent model",
    };
}
