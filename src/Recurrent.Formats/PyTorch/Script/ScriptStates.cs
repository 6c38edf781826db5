using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>
/// Buffers that have the states between calls: read by a recurrent layer, and written with what that ends in. A session has
/// them, and the buffer's numbers are the initial state.
/// </summary>
internal sealed class ScriptStates
{
    // Of a recurrent operator the first input that is a state.
    private const int FirstState = 5;

    private static readonly HashSet<string> Moving = new(StringComparer.Ordinal)
    {
        "Unsqueeze", "Squeeze", "Transpose", "Concat", "Slice", "Gather", "Reshape", "Expand",
    };

    private readonly Dictionary<ConstantValue, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<ConstantValue, (FlowKind Kind, FlowRow[] Rows)> _reads = new(ReferenceEqualityComparer.Instance);
    private readonly List<(ConstantValue Buffer, object? Value, string Place)> _writes = [];

    private readonly Dictionary<Value, Value> _steps = new(ReferenceEqualityComparer.Instance);

    /// <summary>The recurrent layers that start from a constant, and at each call again.</summary>
    private readonly List<RecurrentNode> _layers = [];

    /// <summary>Whether calls leave anything behind.</summary>
    public bool AreKept => _writes.Count > 0;

    public IReadOnlyList<RecurrentNode> Layers => _layers;

    /// <summary>Says under which name a module has a tensor.</summary>
    public void Name(ConstantValue tensor, string name) => _names[tensor] = name;

    public string? Find(ConstantValue tensor) => _names.GetValueOrDefault(tensor);

    /// <summary>Says which states of layers a tensor sets.</summary>
    public void Read(Value? tensor, FlowKind kind, IEnumerable<FlowRow> rows)
    {
        if (tensor is ConstantValue buffer)
        {
            _reads[buffer] = (kind, [.. rows]);
        }
    }

    /// <summary>A layer that was made.</summary>
    public void Add(RecurrentNode node) => _layers.Add(node);

    /// <summary>Says what a cell puts out at its only step, which is its hidden state.</summary>
    public void IsStep(Value state, Value step) => _steps[state] = step;

    /// <summary>What a layer behind a cell reads: the step that the cell puts out, where the code has its state.</summary>
    public Value Step(Value state) => _steps.GetValueOrDefault(state) ?? state;

    /// <summary>What an operator reads: steps, but where it moves states, or starts from them.</summary>
    public IReadOnlyList<Value?> Steps(string operation, IReadOnlyList<Value?> inputs)
    {
        bool movesStates = Moving.Contains(operation)
            && inputs.All(input => input is not FlowValue { Kind: not (FlowKind.Hidden or FlowKind.Cell) });
        return _steps.Count == 0 || movesStates
            ? inputs
            : [.. inputs.Select((input, i) => input is null || i >= FirstState ? input : Step(input))];
    }

    /// <summary>Says that a tensor of a module gets a value.</summary>
    public void Write(ConstantValue buffer, object? value, string place) => _writes.Add((buffer, value, place));

    /// <summary>Refuses what is left behind and is no state of a layer.</summary>
    /// <param name="isStep">Whether a call is one step, so that what does not keep its state begins anew at each.</param>
    public void Require(bool isStep)
    {
        var kept = new HashSet<(RecurrentNode, FlowKind)>();
        foreach ((ConstantValue buffer, object? value, string place) in _writes)
        {
            string name = Find(buffer) ?? "a buffer";
            bool isState = _reads.TryGetValue(buffer, out (FlowKind Kind, FlowRow[] Rows) read) && value is FlowValue flow
                && flow.Kind == read.Kind && flow.Picks.Count == 0 && flow.Features is { Whole: null }
                && flow.Rows.Select(row => row.Merged).SequenceEqual(read.Rows.Select(row => row.Merged));
            if (!isState)
            {
                throw new ModelFormatException(
                    $"{place}: '{name}' keeps {ScriptText.Of(value)} for the next call; expected the final state of the layer that "
                    + "starts from it.");
            }

            kept.UnionWith(read.Rows.Select(row => (row.Merged.Node, read.Kind)));
        }

        RecurrentNode? other = !isStep || _writes.Count == 0 ? null : _layers.FirstOrDefault(layer =>
            !kept.Contains((layer, FlowKind.Hidden))
            || (layer.Layer.Specification.HasCellState && !kept.Contains((layer, FlowKind.Cell))));
        if (other is not null)
        {
            throw new ModelFormatException(
                $"the layer {other} begins anew at each call, and others keep their states: a model does one or the other.");
        }
    }
}
