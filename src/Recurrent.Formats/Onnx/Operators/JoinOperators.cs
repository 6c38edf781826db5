using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Values side by side, added, multiplied, and parts of them: layers that read more than the value before.</summary>
internal static class JoinOperators
{
    public static FlowValue Sum(NodeContext context, FlowValue left, FlowValue right) =>
        Elementwise(context, left, right, size => new SumLayer(size));

    public static FlowValue Product(NodeContext context, FlowValue left, FlowValue right) =>
        Elementwise(context, left, right, size => new ProductLayer(size));

    /// <summary>The features of several values, one after the other.</summary>
    public static FlowValue Concatenate(NodeContext context, IReadOnlyList<FlowValue> values, int axis)
    {
        FlowValue[] flows = [.. values.Select(value => Flows.Complete(context, Flattening.Row(context, value, axis), "features"))];
        Align(context, flows, axis);
        long size = flows.Sum(flow => (long)Flows.KnownSize(context, flow));
        if (size > LayerSpecification.MaxSize)
        {
            throw context.Refuse($"expected at most {LayerSpecification.MaxSize} features side by side, found {size}");
        }

        return Result(context, flows, axis, new ConcatenationLayer((int)size), (int)size);
    }

    /// <summary>The directions of a layer, added.</summary>
    public static Value SumOfDirections(NodeContext context)
    {
        FlowValue? flow = context.Required(0) as FlowValue;
        bool areDirections = flow is { RowAxis: not null, Rows.Count: > 1, Kind: not (FlowKind.Cell or FlowKind.States), Features: { Whole: null, Size: not null } }
            && context.Numbers("axes", 1) is [var listed]
            && flow.Groups[context.Axis(listed, flow.Rank)] is [var summed] && summed == flow.RowAxis;
        if (!areDirections)
        {
            return TimePooling.Reduce(context);
        }

        FlowRead?[] parts =
        [
            .. flow!.Rows.Select((row, i) => Read($"{context.Name}.{i}", flow.With(flow.Groups, flow.Features, [row], null))),
        ];
        if (parts.Any(part => part is null))
        {
            throw context.RefuseInput(flow, "the directions of a layer");
        }

        FlowKind kind = parts[0]!.Value.Kind;
        int size = flow.Features!.Size!.Value;
        Axis features = new($"{context.Name}.features", size, OnnxAxis.Features);
        bool keeps = context.Node.Integer("keepdims", 1) != 0;
        return new FlowValue
        {
            Source = new StructureNode(context.Name, new SumLayer(size), kind, [.. parts.Select(part => part!.Value)]),
            Kind = kind,
            Groups =
            [
                .. flow.Groups.Where(group => keeps || group is not [var axis] || axis != flow.RowAxis)
                    .Select(group => (Axis[])[.. group.Where(axis => axis != flow.RowAxis).Select(axis => axis == flow.Features ? features : axis)]),
            ],
            Features = features,
        };
    }

    /// <summary>Some of the features in a dimension.</summary>
    public static FlowValue Slice(NodeContext context, FlowValue flow, int axis, int first, int count)
    {
        int size = Flows.KnownSize(context, flow);
        return first + (long)count <= size
            ? Result(context, [flow], axis, new SliceLayer(size, first, count), count)
            : throw context.Refuse($"{flow} has no features {first} to {first + (long)count - 1}");
    }

    /// <summary>
    /// All that a value is a part of, parted and joined by layers: features of a layer, one of its directions, final states
    /// of several layers. Null if it is no such part.
    /// </summary>
    public static FlowValue? Materialize(string name, FlowValue flow)
    {
        if (flow.Picks.Count > 0 || flow.Features?.Size is not { } size || Read(name, flow) is not { } read)
        {
            return null;
        }

        // Where directions are side by side with their features, what is read has them as its own.
        Axis features = new($"{name}.features", size * Math.Max(1, flow.RowAxis is null ? 1 : flow.Rows.Count), OnnxAxis.Features);
        Axis[][] groups = [.. flow.Groups.Select(group => Replace(group, flow, features))];
        bool isReplaced = groups.Count(group => group.Contains(features)) == 1 || flow.Groups.All(group => !group.Contains(flow.Features));
        return !isReplaced ? null : new FlowValue
        {
            Source = read.Node,
            Kind = read.Kind is FlowKind.Hidden ? FlowKind.FinalState : read.Kind,
            Groups = groups,
            Features = features,
        };
    }

    /// <summary>What has the values of a part of a layer, or of several layers; null if there is nothing.</summary>
    public static FlowRead? Read(string name, FlowValue flow)
    {
        if (flow.Features is not { Size: { } size } features)
        {
            return null;
        }

        List<FlowRead> parts = [];
        FlowRow[] rows = [.. flow.Rows.Select(row => row.Merged)];
        for (int i = 0; i < rows.Length || (rows.Length == 0 && i == 0);)
        {
            FlowNode node = rows.Length == 0 ? flow.Source : SourceOf(flow, rows[i]);
            int begin = rows.Length == 0 ? 0 : node.Rows.ToList().IndexOf(rows[i]);
            if (begin < 0 || (features.Whole ?? features).Size is not { } rowSize)
            {
                return null;
            }

            int taken = rows.Length == 0 ? 0 : 1;
            bool isCell = rows.Length > 0 && flow.KindOf(i) == StateKind.Cell;
            while (taken > 0 && i + taken < rows.Length && (flow.Kind != FlowKind.States || flow.KindOf(i + taken) == flow.KindOf(i)) && SourceOf(flow, rows[i + taken]) == node
                && begin + taken < node.Rows.Count && node.Rows[begin + taken] == rows[i + taken])
            {
                taken++;
            }

            FlowRead read = isCell ? ((RecurrentNode)node).CellState
                : new(node, flow.Kind is FlowKind.Hidden or FlowKind.States ? FlowKind.FinalState : flow.Kind);
            int all = rowSize * Math.Max(1, node.Rows.Count);
            int count = features.Whole is null ? rowSize * Math.Max(1, taken) : size;
            int first = (begin * rowSize) + features.First;
            parts.Add(count == all
                ? read
                : new FlowRead(new StructureNode($"{name}.slice", new SliceLayer(all, first, count), read.Kind, read), read.Kind));
            i += Math.Max(1, taken);
        }

        if (parts.Count == 1)
        {
            return parts[0];
        }

        int sum = size * rows.Length;
        return sum > LayerSpecification.MaxSize
            ? null
            : new FlowRead(
                new StructureNode($"{name}.concatenation", new ConcatenationLayer(sum), parts[0].Kind, parts), parts[0].Kind);
    }

    // Layers that keep every feature where it is still have the directions of the recurrent one before them.
    private static FlowNode SourceOf(FlowValue flow, FlowRow row) => flow.Source is RecurrentNode ? row.Node : flow.Source;

    private static Axis[] Replace(Axis[] group, FlowValue flow, Axis features)
    {
        int at = Array.IndexOf(group, flow.Features);
        if (at < 0)
        {
            return group;
        }

        bool withRows = flow.RowAxis is not null;
        bool fits = withRows ? at == 1 && group.Length == 2 && group[0] == flow.RowAxis : group.Length == 1;
        return fits ? [features] : group;
    }

    private static FlowValue Elementwise(NodeContext context, FlowValue left, FlowValue right, Func<int, Layer> create)
    {
        FlowValue a = Flows.Complete(context, left, "features");
        FlowValue b = Flows.Complete(context, right, "features");
        if (Broadcast.Align(context, a, b) is not var (first, second, dimension))
        {
            throw context.Refuse($"cannot join {a} and {b}: expected the same steps and rows, and their features in one dimension");
        }

        int size = Flows.SizeOf(first) ?? Flows.KnownSize(context, second);
        foreach (FlowValue flow in (FlowValue[])[first, second])
        {
            Flows.RequireSize(context, flow, size, context.Node.Operator);
        }

        return Result(context, [first, second], dimension, create(size), size);
    }

    /// <summary>Refuses values that do not have the same dimensions besides that of their features.</summary>
    private static void Align(NodeContext context, FlowValue[] flows, int axis)
    {
        FlowValue first = flows[0];
        foreach (FlowValue flow in flows)
        {
            bool fits = flow.Rank == first.Rank && axis >= 0 && axis < flow.Rank && Flows.HoldsFeatures(flow, axis)
                && !Enumerable.Range(0, flow.Rank).Any(i => i != axis && !AreSame(flow.Groups[i], first.Groups[i]));
            if (!fits)
            {
                throw context.Refuse(
                    $"cannot join {first} and {flow}: expected the same steps and rows, and their features in dimension {axis}");
            }
        }
    }

    public static bool AreSame(Axis[] group, Axis[] other) =>
        group.Length == other.Length && !group.Where((axis, i) => !other[i].Join(axis)).Any();

    private static FlowValue Result(NodeContext context, FlowValue[] flows, int axis, Layer layer, int size)
    {
        // A row beside rows is one, whatever it was taken for so far.
        FlowKind kind = flows.Select(flow => flow.Kind).FirstOrDefault(one => one != FlowKind.Sequence, FlowKind.Sequence);
        foreach (FlowValue flow in kind == FlowKind.Sequence ? [] : flows)
        {
            Flows.RequireNoIndexOfRow(context, flow);
        }

        Axis features = new($"{context.Name}.features", size, OnnxAxis.Features);
        return new FlowValue
        {
            Source = new StructureNode(context.Name, layer, kind, [.. flows.Select(flow => flow.Read)]),
            Kind = kind,
            Groups = [.. flows[0].Groups.Select((group, i) => i == axis ? [features] : group)],
            Features = features,
        };
    }
}
