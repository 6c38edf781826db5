using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Says how inputs and outputs of a graph are given to and taken from a session of its model.</summary>
/// <param name="layers">Of each node the index of its layer; -1 for an input.</param>
/// <param name="layout">The model's order of axes.</param>
internal sealed class Binder(IReadOnlyDictionary<FlowNode, int> layers, SequenceLayout layout)
{
    private const int MaxStates = 4096;

    public OnnxInput Input(InputNode input) => new()
    {
        Name = input.Name,
        Role = layers.ContainsKey(input) || input.Role is not (OnnxInputRole.Sequence or OnnxInputRole.Indices)
            ? input.Role
            : OnnxInputRole.Unused,
        Axes = Axes(input.Axes),
        States = States(input),
        Layout = layout,
    };

    /// <summary>An output.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="flow">What it is.</param>
    /// <param name="kind">What the model puts out for it; null if the model does not, and a session has it.</param>
    public OnnxOutput Output(string name, FlowValue flow, ValueKind? kind = null)
    {
        bool isState = kind is null && flow.Kind is FlowKind.Hidden or FlowKind.Cell;
        return new OnnxOutput
        {
            Name = name,
            Role = (kind, flow.Kind) switch
            {
                (ValueKind.Row, _) => OnnxOutputRole.LastStep,
                (not null, _) or (_, FlowKind.Sequence) => OnnxOutputRole.Sequence,
                (_, FlowKind.Hidden) => OnnxOutputRole.FinalHidden,
                (_, FlowKind.Cell) => OnnxOutputRole.FinalCell,
                _ => OnnxOutputRole.LastStep,
            },
            Axes = Axes(flow.Groups.SelectMany(group => group)),
            States = isState ? [.. flow.Rows.Select(row => State(row, name))] : [],
            Directions = flow.RowAxis is null ? 1 : flow.Rows.Count,
            Layout = layout,
        };
    }

    private static OnnxAxis[] Axes(IEnumerable<Axis> axes) =>
        [.. axes.Where(axis => axis.Role is not null).Select(axis => axis.Role!.Value)];

    private OnnxState[] States(InputNode input)
    {
        if (input.States.Count == 0)
        {
            return [];
        }

        int count = input.Axes.FirstOrDefault(axis => axis.Role == OnnxAxis.Direction)?.Size ?? input.States.Keys.Max() + 1;
        if (count > MaxStates || input.States.Keys.Any(index => index >= count))
        {
            throw new ModelFormatException($"input '{input.Name}': expected one state for each direction, found {count}.");
        }

        return [.. Enumerable.Range(0, count).Select(index => input.States.TryGetValue(index, out FlowRow row)
            ? State(row, input.Name)
            : new OnnxState(-1, Direction.Forward))];
    }

    private OnnxState State(FlowRow row, string name)
    {
        return layers.TryGetValue(row.Merged.Node, out int index)
            ? new OnnxState(index, row.Direction)
            : throw new ModelFormatException(
                $"'{name}': {row.Node} is not among the layers that lead to the model's output.");
    }
}
