namespace Recurrent.Formats.Onnx;

/// <summary>The operators that are understood, and why others are not.</summary>
internal static class Operators
{
    private static readonly Dictionary<string, Func<NodeContext, IReadOnlyList<Value?>>> Known = new(StringComparer.Ordinal)
    {
        ["RNN"] = RecurrentOperators.Apply,
        ["LSTM"] = RecurrentOperators.Apply,
        ["GRU"] = RecurrentOperators.Apply,
        ["Loop"] = LoopOperator.Apply,
        ["If"] = BranchOperator.Apply,
        ["Range"] = One(StepIndices.Range),
        [RecurrentParts.QuantizedLstm] = Quantization.Lstm,
        ["DequantizeLinear"] = One(Quantization.DequantizeLinear),
        ["Split"] = SelectionOperators.Split,
        ["Gemm"] = One(ProductOperators.Gemm),
        ["MatMul"] = One(ProductOperators.MatMul),
        ["Add"] = One(ArithmeticOperators.Apply),
        ["Sub"] = One(ArithmeticOperators.Apply),
        ["Mul"] = One(ArithmeticOperators.Apply),
        ["Div"] = One(ArithmeticOperators.Apply),
        ["Sum"] = One(ArithmeticOperators.Sum),
        ["ReduceSum"] = One(context => StepMasks.Reduce(context) ?? JoinOperators.SumOfDirections(context)),
        ["ReverseSequence"] = One(TimeOperators.ReverseSequence),
        ["Neg"] = One(ArithmeticOperators.Negate),
        ["LayerNormalization"] = One(NormalizationOperators.LayerNormalization),
        ["Sqrt"] = One(Compositions.Root),
        ["Reciprocal"] = One(Compositions.Root),
        ["Pow"] = One(Compositions.Pow),
        ["Conv"] = One(ConvolutionOperators.Conv),
        ["MaxPool"] = One(PoolingOperators.MaxPool),
        ["AveragePool"] = One(PoolingOperators.AveragePool),
        ["GlobalAveragePool"] = One(TimePooling.Global),
        ["GlobalMaxPool"] = One(TimePooling.Global),
        ["ReduceMean"] = One(TimePooling.Reduce),
        ["ReduceMax"] = One(context => StepMasks.Reduce(context) ?? TimePooling.Reduce(context)),
        ["ReduceMin"] = One(context => StepMasks.Reduce(context) ?? throw context.Refuse("only the minimum of comparisons says something of a model")),
        ["ReduceProd"] = One(ConstantOperators.Product),
        ["Size"] = One(ConstantOperators.Size),
        ["CastLike"] = One(ShapeOperators.CastLike),
        ["Pad"] = One(PadOperator.Apply),
        ["BatchNormalization"] = One(ArithmeticOperators.BatchNormalization),
        ["Transpose"] = Rearranging(ShapeOperators.Transpose),
        ["Squeeze"] = Rearranging(ShapeOperators.Squeeze),
        ["Unsqueeze"] = Rearranging(ShapeOperators.Unsqueeze),
        ["Reshape"] = Rearranging(ShapeOperators.Reshape),
        ["Flatten"] = Rearranging(ShapeOperators.Flatten),
        ["Identity"] = Rearranging(ShapeOperators.Identity),
        ["Dropout"] = Rearranging(ShapeOperators.Dropout),
        ["Cast"] = Rearranging(ShapeOperators.Cast),
        ["Concat"] = One(ConcatOperator.Apply),
        ["Slice"] = One(SelectionOperators.Slice),
        ["Gather"] = One(SelectionOperators.Gather),
        ["GatherElements"] = One(SelectionOperators.GatherElements),
        ["GatherND"] = One(StepIndices.GatherRows),
        ["TopK"] = SortedRows.TopK,
        ["ScatterElements"] = One(SortedRows.ScatterElements),
        ["Scatter"] = One(SortedRows.ScatterElements),
        ["Constant"] = One(ConstantOperators.Constant),
        ["ConstantOfShape"] = One(ConstantOperators.ConstantOfShape),
        ["Expand"] = One(ConstantOperators.Expand),
        ["Tile"] = One(ConstantOperators.Tile),
        ["Shape"] = One(ConstantOperators.Shape),
        ["Equal"] = One(Comparisons.Equal),
        ["Less"] = One(Comparisons.Order),
        ["LessOrEqual"] = One(Comparisons.Order),
        ["Greater"] = One(Comparisons.Order),
        ["GreaterOrEqual"] = One(Comparisons.Order),
        ["And"] = One(Comparisons.Both),
        ["Or"] = One(Comparisons.Both),
        ["Not"] = One(Comparisons.Not),
        ["Where"] = One(ShapeChoices.Where),
        ["Softmax"] = One(ActivationOperators.Softmax),
        ["LogSoftmax"] = One(ActivationOperators.Softmax),
        ["Log"] = One(Compositions.Log),
        ["Exp"] = One(Compositions.Exp),
        ["PRelu"] = One(Compositions.PRelu),
        ["Selu"] = One(Compositions.Selu),
        ["Celu"] = One(Compositions.Celu),
        ["Erf"] = One(ErrorOperators.Erf),
        ["Gelu"] = One(ErrorOperators.Gelu),
        ["HardSwish"] = One(Compositions.HardSwish),
        ["Swish"] = One(Compositions.Swish),
        ["Mish"] = One(Compositions.Mish),
        ["Abs"] = One(Compositions.Abs),
        ["Min"] = One(ActivationOperators.Limit),
        ["Max"] = One(ActivationOperators.Limit),
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

    /// <summary>An operator that only moves elements: data on the way to a layer stays on it.</summary>
    private static Func<NodeContext, IReadOnlyList<Value?>> Rearranging(Func<NodeContext, Value> apply) => context =>
        context.Optional(0) is PendingFlow pending && apply(context.WithFirst(pending.Flow)) is FlowValue flow
            ? [pending.With(flow)]
            : [apply(context)];

    private static string WhyNot(string name) => name switch
    {
        "Scan" => "only a Scan forwards over the steps of sequences is a layer; export the layer as LSTM, GRU or RNN",
        "ArgMax" or "ArgMin" => "which value is largest is no output of a model; take the values themselves, which it reads",
        "CumSum" => "a sum that runs over steps or features is no layer",
        "Resize" or "Upsample" => "no layer makes several steps of one in a sequence of any length",
        "ConvTranspose" => "a transposed convolution makes several steps of one, which no layer does in a sequence of any length",
        "InstanceNormalization" or "GroupNormalization" or "MeanVarianceNormalization" or "LpNormalization" or "ReduceL2" =>
            "only a normalization of the features of each step by itself, with their mean and variance, is a layer",
        "Sin" or "Cos" or "Tan" or "Sinh" or "Cosh" or "Asin" or "Acos" or "Atan" or "Sign" or "Round" or "Floor" or "Ceil" or "Mod" =>
            "no layer computes this function",
        _ when name.Contains("Conv", StringComparison.Ordinal) => "only a Conv over time is a layer",
        _ when name.Contains("Pool", StringComparison.Ordinal) =>
            "only MaxPool and AveragePool over time, GlobalMaxPool and GlobalAveragePool are layers",
        _ when name.StartsWith("Reduce", StringComparison.Ordinal) =>
            "only ReduceMean, ReduceMax and ReduceSum over time or features are layers",
        _ when name.Contains("Attention", StringComparison.Ordinal) => "attention is not part of a recurrent model",
        _ when name.Contains("Quant", StringComparison.Ordinal) || name.EndsWith("Integer", StringComparison.Ordinal) =>
            "quantized models are not supported",
        _ when name.Contains("Normalization", StringComparison.Ordinal) =>
            "a normalization that depends on the data is not part of a recurrent model",
        _ when name.Contains('.', StringComparison.Ordinal) => "only operators of ONNX itself are supported",
        _ => "this operator is not part of a recurrent model",
    };
}
