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
        bool isState = kind is null && flow.IsState;
        return new OnnxOutput
        {
            Name = name,
            Role = (kind, flow.Kind) switch
            {
                (ValueKind.Row, _) => OnnxOutputRole.LastStep,
                (not null, _) or (_, FlowKind.Sequence) => OnnxOutputRole.Sequence,
                (_, FlowKind.Hidden) => OnnxOutputRole.FinalHidden,
                (_, FlowKind.Cell) => OnnxOutputRole.FinalCell,
                (_, FlowKind.States) => OnnxOutputRole.FinalStates,
                _ => OnnxOutputRole.LastStep,
            },
            Axes = Axes(flow.Groups.SelectMany(group => group)),
            States = isState ? [.. flow.Rows.Select((row, i) => State(new FlowState(row, flow.KindOf(i)), name))] : [],
            Directions = flow.RowAxis is null ? 1 : flow.Rows.Count,
            Layout = layout,
            Joined = isState ? null : Joined(flow),
        };
    }

    /// <summary>What a run gives in another order than the graph, whose dimensions do not show that.</summary>
    private string? Joined(FlowValue flow)
    {
        bool isJoined = flow.Groups.Any(group => group.Count(axis => axis.Size != 1) > 1 && group.Any(axis => axis.Role == OnnxAxis.Time));
        return isJoined && AxisOrder.Difference(flow.Groups.SelectMany(group => group), layout) is var (found, given)
            ? $"the file has [{AxisOrder.Names(found)}], of which some are in one dimension, and a run gives [{AxisOrder.Names(given)}]"
            : null;
    }

    private static OnnxAxis[] Axes(IEnumerable<Axis> axes) =>
        [
            .. axes.Where(axis => axis.Role is not null).Select(axis => axis.Role!.Value)
                .Aggregate(new List<OnnxAxis>(), (roles, role) =>
                {
                    // States may be counted by several axes, one after the other.
                    if (roles.Count == 0 || role != OnnxAxis.Direction || roles[^1] != role)
                    {
                        roles.Add(role);
                    }

                    return roles;
                }),
        ];

    private OnnxState[] States(InputNode input)
    {
        if (input.States.Count == 0)
        {
            return [];
        }

        long count = input.Axes.Where(axis => axis.Role == OnnxAxis.Direction)
            .Aggregate(1L, (product, axis) => Math.Min(product * (axis.Size ?? 1), int.MaxValue));
        if (count > MaxStates || input.States.Keys.Any(index => index >= count))
        {
            throw new ModelFormatException($"input '{input.Name}': expected one state for each direction, found {count}.");
        }

        return [.. Enumerable.Range(0, (int)count).Select(index => input.States.TryGetValue(index, out FlowState state)
            ? State(state, input.Name)
            : new OnnxState(-1, Direction.Forward, StateKind.Hidden))];
    }

    private OnnxState State(FlowState state, string name)
    {
        FlowRow row = state.Row;
        return layers.TryGetValue(row.Merged.Node, out int index)
            ? new OnnxState(index, row.Direction, state.Kind)
            : throw new ModelFormatException(
                $"'{name}': {row.Node} is not among the layers that lead to the model's output.");
    }
}
