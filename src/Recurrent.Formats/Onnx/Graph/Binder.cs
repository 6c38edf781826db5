using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Says how inputs and outputs of a graph are given to and taken from a session of its model.</summary>
internal sealed class Binder(List<FlowNode> chain, SequenceLayout layout)
{
    private const int MaxStates = 4096;

    public OnnxInput Input(InputNode input) => new()
    {
        Name = input.Name,
        Role = chain[0] == input || input.Role is not (OnnxInputRole.Sequence or OnnxInputRole.Indices)
            ? input.Role
            : OnnxInputRole.Unused,
        Axes = Axes(input.Axes),
        States = States(input),
        Layout = layout,
    };

    public OnnxOutput Output(string name, FlowValue flow)
    {
        bool isState = flow.Kind is FlowKind.Hidden or FlowKind.Cell;
        return new OnnxOutput
        {
            Name = name,
            Role = flow.Kind switch
            {
                FlowKind.Sequence => OnnxOutputRole.Sequence,
                FlowKind.Hidden => OnnxOutputRole.FinalHidden,
                FlowKind.Cell => OnnxOutputRole.FinalCell,
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
        int index = chain.IndexOf(row.Merged.Node);
        return index > 0
            ? new OnnxState(index - 1, row.Direction)
            : throw new ModelFormatException(
                $"'{name}': {row.Node} is not among the layers that lead to the model's output.");
    }
}
