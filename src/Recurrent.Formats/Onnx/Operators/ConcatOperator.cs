using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Joins constants, shapes, and the directions of recurrent layers.</summary>
internal static class ConcatOperator
{
    public static Value Apply(NodeContext context)
    {
        Value[] values = [.. Enumerable.Range(0, context.InputCount).Select(context.Required)];
        if (values.Length == 0)
        {
            throw context.Refuse("expected inputs, found none");
        }

        if (StepIndices.Place(values, context.Node.Integer("axis", 1)) is { } place)
        {
            return place;
        }

        if (values.All(value => value is FlowValue))
        {
            return values.Length == 1 ? values[0] : Flow(context, [.. values.Cast<FlowValue>()]);
        }

        if (PadOperator.History(context, values, context.Node.Integer("axis", 1)) is { } padded)
        {
            return padded;
        }

        if (values.Any(value => value is PendingFlow) && values.All(value => value is FlowValue or PendingFlow))
        {
            return Flow(context, [.. values.Select(value => Flows.Complete(context, value, "features"))]);
        }

        if (values.Any(value => value is FlowValue or PendingFlow))
        {
            throw context.Refuse($"cannot join {string.Join(" and ", values.Select(value => value.ToString()))}");
        }

        if (values.Any(value => value is ExtentsValue))
        {
            IReadOnlyList<Extent>[] parts = [.. values.Select(
                value => ConstantArithmetic.Elements(context, value) ?? throw context.RefuseInput(value, "a shape"))];
            context.TakeShape(parts.Sum(part => (long)part.Count));
            return ExtentsValue.Create([.. parts.SelectMany(part => part)], isScalar: false);
        }

        ConstantValue[] constants = [.. values.OfType<ConstantValue>()];
        return constants.Length == values.Length
            ? ConstantTensors.Concatenate(context, constants, context.Axis(context.Node.Integer("axis", 1), constants[0].Rank))
            : throw context.Refuse($"cannot join {string.Join(" and ", values.Select(value => value.ToString()))}");
    }

    /// <summary>Directions of one layer, or final states of several, side by side.</summary>
    private static FlowValue Flow(NodeContext context, FlowValue[] values)
    {
        FlowValue[] flows = [.. values.Select(flow => values.Any(other => other.IsState) ? AsState(flow) : flow)];
        FlowValue first = flows[0];
        int axis = context.Axis(context.Node.Integer("axis", 1), first.Rank);
        if (!AreDirections(flows, axis))
        {
            return JoinOperators.Concatenate(context, values, axis);
        }

        FlowRow[] rows = [.. flows.SelectMany(flow => flow.Rows).Select(row => row.Merged)];
        Merge(rows);
        if (flows.Any(flow => flow.Kind != first.Kind) || first.Kind == FlowKind.States)
        {
            return States(context, flows, rows, axis);
        }

        Axis rowAxis = new($"{context.Name}.directions", rows.Length, OnnxAxis.Direction);
        bool hasFeatures = first.Groups[axis].Contains(first.Features!);
        Axis[] group = hasFeatures ? [rowAxis, first.Features!] : [rowAxis];
        return new FlowValue
        {
            Source = first.Source is RecurrentNode ? rows[0].Node : first.Source,
            Kind = first.Kind,
            Groups = [.. first.Groups.Select((old, i) => i == axis ? group : old)],
            Features = first.Features,
            Rows = rows,
            RowAxis = rowAxis,
        };
    }

    /// <summary>Hidden and cell states in one tensor, which a session has: one behind the other, or side by side.</summary>
    private static FlowValue States(NodeContext context, FlowValue[] flows, FlowRow[] rows, int axis)
    {
        bool areBeside = flows[0].Groups[axis].Contains(flows[0].Features!);
        Axis rowAxis = new($"{context.Name}.states", rows.Length, OnnxAxis.Direction);
        return new FlowValue
        {
            Source = rows[0].Node,
            Kind = FlowKind.States,
            Groups = [.. flows[0].Groups.Select((old, i) => i == axis ? areBeside ? [rowAxis, flows[0].Features!] : [rowAxis]
                : old.Length == 1 && old[0] == flows[0].RowAxis ? [] : old)],
            Features = flows[0].Features,
            Rows = rows,
            RowAxis = rowAxis,
            StateKinds = [.. flows.SelectMany(flow => Enumerable.Range(0, flow.Rows.Count).Select(flow.KindOf))],
        };
    }

    /// <summary>
    /// Whether values are directions of one sequence, or final states of layers: what one layer makes, or what a session has.
    /// </summary>
    private static bool AreDirections(FlowValue[] flows, int axis)
    {
        FlowValue first = flows[0];
        bool areStates = flows.All(flow => flow.IsState);
        bool areMixed = areStates && (flows.Any(flow => flow.Kind != first.Kind) || first.Kind == FlowKind.States);
        bool fit = flows.All(flow => flow.Rows.Count > 0 && (areStates || flow.Kind == first.Kind) && flow.Rank == first.Rank
            && (flow.Source == first.Source || (flow.Source is RecurrentNode && first.Source is RecurrentNode))
            && flow.Features is { Whole: null } && flow.Features.Size == first.Features!.Size
            && (areMixed ? FitsStates(flow, axis) : FitsAlong(flow, axis))
            && !Enumerable.Range(0, flow.Rank).Any(i => i != axis && !SameGroup(flow, first, i)));
        if (!fit)
        {
            return false;
        }

        FlowRow[] rows = [.. flows.SelectMany(flow => flow.Rows).Select(row => row.Merged)];
        return areStates || (rows.All(row => row.Node == rows[0].Node) && rows.Distinct().Count() == rows.Length)
            || (rows is [var forward, var reverse] && RecurrentNode.CanMerge(forward.Node, reverse.Node));
    }

    /// <summary>The last step of a forward layer is its final state.</summary>
    private static FlowValue AsState(FlowValue flow)
    {
        bool isState = flow is { Kind: FlowKind.LastStep, Source: RecurrentNode, Rows: [{ Direction: Direction.Forward }] };
        return !isState
            ? flow
            : new FlowValue
            {
                Source = flow.Source,
                Kind = FlowKind.Hidden,
                Groups = flow.Groups,
                Features = flow.Features,
                Rows = flow.Rows,
            };
    }

    private static bool FitsAlong(FlowValue flow, int axis)
    {
        Axis[] group = flow.Groups[axis];
        Axis[] rows = flow.RowAxis is null ? [] : [flow.RowAxis];
        return group.SequenceEqual(rows) || group.SequenceEqual([.. rows, flow.Features!]);
    }

    /// <summary>Whether states can be joined along a dimension: that of the states, a new one in front of it, or their features.</summary>
    private static bool FitsStates(FlowValue flow, int axis)
    {
        if (flow.Groups[axis].Contains(flow.Features!))
        {
            return FitsAlong(flow, axis);
        }

        Axis[] rows = flow.RowAxis is null ? [] : [flow.RowAxis];
        return flow.Groups[axis].SequenceEqual(rows)
            || (flow.Groups[axis].Length == 0 && flow.Groups.Skip(axis + 1).FirstOrDefault(group => group.Length > 0, []).SequenceEqual(rows));
    }

    private static bool SameGroup(FlowValue flow, FlowValue other, int dimension) =>
        flow.Groups[dimension].SequenceEqual(other.Groups[dimension])
        || (flow.IsState && flow.Groups[dimension] is [Axis rows] && rows == flow.RowAxis
            && other.Groups[dimension] is [Axis otherRows] && otherRows == other.RowAxis && rows.Size == otherRows.Size)
        || (flow.Groups[dimension] is [Axis axis] && axis == flow.Features
            && other.Groups[dimension] is [Axis otherAxis] && otherAxis == other.Features);

    /// <summary>Makes one layer of two that read the same sequence in opposite directions.</summary>
    private static void Merge(FlowRow[] rows)
    {
        for (int i = 0; i + 1 < rows.Length; i++)
        {
            if (rows[i].Node != rows[i + 1].Node && RecurrentNode.Merge(rows[i].Node, rows[i + 1].Node) is not null)
            {
                rows[i] = rows[i].Merged;
                rows[i + 1] = rows[i + 1].Merged;
            }
        }
    }
}
