using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// The constants of a recurrent node: the weights of its directions behind each other, gates in ONNX's order.
/// </summary>
internal sealed class RecurrentTensors(GraphBuilder graph, string name, RecurrentLayer layer)
{
    private readonly RecurrentSpecification _specification = layer.Specification;
    private readonly CellWeights[] _directions =
        [.. new[] { layer.Forward, layer.Reverse }.OfType<CellWeights>()];

    private readonly IReadOnlyList<int> _gates = GateOrder.Onnx.Gates(layer.Specification);

    public bool HasInitialState =>
        _directions.Any(weights => !weights.InitialHidden.IsEmpty || !weights.InitialCell.IsEmpty);

    private int Hidden => _specification.HiddenSize;

    private int Rows => _specification.GateCount * Hidden;

    public string InputWeights() => graph.Constant(Initializer.Of(
        $"{name}_W",
        [_directions.Length, Rows, _specification.InputSize],
        [.. _directions.SelectMany(weights => Reordered(weights.InputWeights, _gates))]));

    public string RecurrentWeights() => graph.Constant(Initializer.Of(
        $"{name}_R",
        [_directions.Length, Rows, Hidden],
        [.. _directions.SelectMany(weights => Reordered(weights.RecurrentWeights, _gates))]));

    /// <summary>Input and state biases of each direction; no input of the node if there are none at all.</summary>
    public string Biases() =>
        _directions.All(weights => weights.InputBias.IsEmpty && weights.RecurrentBias.IsEmpty)
            ? ""
            : graph.Constant(Initializer.Of(
                $"{name}_B",
                [_directions.Length, 2 * Rows],
                [.. _directions.SelectMany(weights => (ReadOnlyMemory<float>[])
                [
                    .. Reordered(OrZero(weights.InputBias, Rows), _gates),
                    .. Reordered(OrZero(weights.RecurrentBias, Rows), _gates),
                ])]));

    /// <summary>Peepholes in the order i o f; no input of the node if there are none at all.</summary>
    public string Peepholes() =>
        _directions.All(weights => weights.Peephole.IsEmpty)
            ? ""
            : graph.Constant(Initializer.Of(
                $"{name}_P",
                [_directions.Length, 3 * Hidden],
                [.. _directions.SelectMany(weights => Reordered(OrZero(weights.Peephole, 3 * Hidden), GateOrder.Onnx.PeepholeGates))]));

    /// <summary>The states that a sequence starts from, repeated for every row of the batch.</summary>
    public string InitialState(string input, StateKind kind)
    {
        string state = $"{name}_initial_{kind.ToString().ToLowerInvariant()}";
        string trained = graph.Constant(Initializer.Of(
            $"{state}_trained",
            [_directions.Length, 1, Hidden],
            [.. _directions.Select(weights =>
                OrZero(kind == StateKind.Hidden ? weights.InitialHidden : weights.InitialCell, Hidden))]));
        string shape = graph.Node($"{state}_shape_of_input", "Shape", [input]);
        string batch = graph.Node(
            $"{state}_batch", "Gather", [shape, graph.Constant($"{state}_batch_axis", 1)],
            GraphBuilder.Attribute("axis", 0));
        string target = graph.Node(
            $"{state}_shape",
            "Concat",
            [
                graph.Constant($"{state}_directions", _directions.Length),
                batch,
                graph.Constant($"{state}_units", Hidden),
            ],
            GraphBuilder.Attribute("axis", 0));
        return graph.Node(state, "Expand", [trained, target]);
    }

    private static IEnumerable<ReadOnlyMemory<float>> Reordered(ReadOnlyMemory<float> source, IReadOnlyList<int> gates)
    {
        int block = source.Length / gates.Count;
        return gates.Select(gate => source.Slice(gate * block, block));
    }

    private static ReadOnlyMemory<float> OrZero(ReadOnlyMemory<float> values, int length) =>
        values.IsEmpty ? new float[length] : values;
}
