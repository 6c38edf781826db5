using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Steps and features in one dimension: a sequence of a fixed length as a row, and a row as a sequence.</summary>
internal static class Flattening
{
    // Features that are brought into another order one by one: each takes several layers.
    private const int MaxReordered = LayerListBuilder.MaxLayers / 4;

    /// <summary>
    /// A row where a dimension holds the steps of a sequence and their features; in the order of the file, which a layer does
    /// not know if the features come first. Another value stays as it is.
    /// </summary>
    /// <param name="context">The node.</param>
    /// <param name="value">The value.</param>
    /// <param name="dimension">The dimension.</param>
    /// <param name="size">Elements of the row, if the file says that; the number of steps follows from it.</param>
    public static Value Row(NodeContext context, Value value, int dimension, int? size = null)
    {
        if (value is not FlowValue { Kind: FlowKind.Sequence } flow || dimension < 0 || dimension >= flow.Rank
            || flow.Groups[dimension] is not { Length: > 0 } group || (group.Length == 1 && !IsTimeOfOne(flow, group[0]))
            || TimeOf(context, flow, group) is not { } time)
        {
            return value;
        }

        int at = Array.IndexOf(group, time);
        AssignSteps(group, time, size);
        if (time.Size is not { } steps || at is > 0 && at < group.Length - 1 || !time.Assign(OnnxAxis.Time))
        {
            throw context.Refuse($"only a fixed number of steps can stand side by side, found {flow}");
        }

        FlowValue apart = flow.With(
            [.. flow.Groups.Take(dimension), [time], [.. group.Where(axis => axis != time)], .. flow.Groups.Skip(dimension + 1)]);
        FlowValue sequence = Flows.Complete(context, apart, "a sequence", dimension + 1);
        if (!Flows.HoldsFeatures(sequence, dimension + 1))
        {
            throw context.RefuseInput(flow, "a sequence and all its features");
        }

        TimeShifts.RequireWhole(context, sequence);
        FlowValue row = Create(context, sequence, flow.Groups, dimension, steps);
        return at == 0 || Flows.KnownSize(context, sequence) == 1 || steps == 1
            ? row
            : new PendingFlow(row, new FeaturesFirst(row, sequence, steps));
    }

    /// <summary>
    /// An output of the graph: where a dimension holds the steps and the features of a sequence, a row in the order of the file.
    /// What is open, or has rows of several lengths, stays a sequence.
    /// </summary>
    public static FlowValue Output(NodeContext context, FlowValue flow)
    {
        bool isWhole = flow.Kind == FlowKind.Sequence && !flow.Source.HasLengths && flow.Source.Mask is null;
        int dimension = isWhole ? flow.Groups.ToList().FindIndex(group => IsFlat(context, flow, group)) : -1;
        if (dimension < 0)
        {
            return flow;
        }

        return Row(context, flow, dimension) switch
        {
            PendingFlow { What: FeaturesFirst first } pending => first.Features <= MaxReordered ? Reorder(context, pending.Flow, first) : flow,
            FlowValue row => row,
            _ => flow,
        };
    }

    /// <summary>Whether a dimension holds a fixed number of steps, all their features and nothing else.</summary>
    private static bool IsFlat(NodeContext context, FlowValue flow, Axis[] group) =>
        group.Length > 1 && TimeOf(context, flow, group) is { Size: not null } time
        && (group[0] == time || group[^1] == time)
        && group.All(axis => axis == time || axis == flow.RowAxis || (axis == flow.Features && axis is { Whole: null, Size: not null }))
        && (flow.RowAxis is null || group.Contains(flow.RowAxis));

    /// <summary>
    /// The dimensions of a shape whose last length says how many steps a sequence has, which is not known otherwise; null if
    /// it does not say that.
    /// </summary>
    public static Axis[][]? Divide(FlowValue flow, Extent?[] target)
    {
        Axis[] axes = [.. flow.Groups.SelectMany(group => group)];
        Axis[] last = [.. axes.SkipWhile(axis => axis.Role != OnnxAxis.Time && axis != flow.Features)];
        bool isOpen = flow.Kind == FlowKind.Sequence && target.Length > 0 && target[^1]?.Known is not null
            && last.Count(axis => axis.Size is null) == 1 && last.Single(axis => axis.Size is null) is { Role: OnnxAxis.Time };
        return isOpen && AssignSteps(last, last.Single(axis => axis.Size is null), target[^1]!.Value.Known)
            ? Regrouping.Divide(axes, target)
            : null;
    }

    /// <summary>Says how many steps there are where steps and features together are so many.</summary>
    /// <returns>Whether that is a number of steps.</returns>
    private static bool AssignSteps(Axis[] group, Axis time, long? size)
    {
        long features = 1;
        foreach (Axis axis in group.Where(axis => axis != time))
        {
            features = Math.Min(features * (axis.Size ?? int.MaxValue), int.MaxValue);
        }

        return time.Size is null && size is > 0 and <= LayerSpecification.MaxSize && features > 0 && size % features == 0
            && time.AssignSize((int)(size.Value / features));
    }

    /// <summary>A row in the file's order, by taking the features apart.</summary>
    public static FlowValue Reorder(NodeContext context, FlowValue flow, FeaturesFirst first)
    {
        int count = first.Features;
        if (count > MaxReordered)
        {
            throw context.Refuse($"expected a dense layer behind {first}, of {count} features");
        }

        context.TakeShape(8L * count);
        FlowRead read = first.Row.Source is StructureNode { Layer: FlattenLayer }
            ? first.Row.Source.Reads[0]
            : new FlowRead(
                new StructureNode(
                    $"{context.Name}.steps", new UnflattenLayer(count * first.Steps, first.Steps), FlowKind.Sequence, first.Row.Read),
                FlowKind.Sequence);
        List<FlowRead> parts = [];
        for (int i = 0; i < count; i++)
        {
            StructureNode one = new($"{context.Name}.feature_{i}", new SliceLayer(count, i, 1), FlowKind.Sequence, read);
            StructureNode steps = new(
                $"{context.Name}.steps_{i}",
                new FlattenLayer(1, first.Steps),
                FlowKind.LastStep,
                new FlowRead(one, FlowKind.Sequence));
            parts.Add(new FlowRead(steps, FlowKind.LastStep));
        }

        StructureNode joined = new(
            $"{context.Name}.order", new ConcatenationLayer(count * first.Steps), FlowKind.LastStep, parts);
        return flow.From(joined);
    }

    /// <summary>
    /// A row whose features are divided into steps and features; null if the shape divides something else.
    /// </summary>
    public static FlowValue? Steps(NodeContext context, FlowValue flow, Extent?[] target)
    {
        bool isRow = flow.Kind is FlowKind.LastStep or FlowKind.FinalState or FlowKind.Hidden
            || (flow is { Source: InputNode, Rank: 2 } && flow.Groups.All(group => group is [{ Whole: null, Role: not OnnxAxis.Time }]));
        if (!isRow || target.Length < 2)
        {
            return null;
        }

        flow = Flows.Complete(context, flow, "a row");
        int dimension = Flows.FeatureDimension(flow);
        if (dimension < 0 || Flows.SizeOf(flow) is not { } size || Divide(target, size) is not var (steps, features))
        {
            return null;
        }

        Axis time = new($"{context.Name}.time", steps, OnnxAxis.Time);
        Axis of = new($"{context.Name}.features", features, OnnxAxis.Features);
        Axis[] axes = [.. flow.Groups.SelectMany((group, i) => i == dimension ? (Axis[])[time, of] : group)];
        Axis[][]? groups = dimension == flow.Rank - 1 ? Regrouping.Divide(axes, target) : null;
        return groups is null ? null : new FlowValue
        {
            Source = new StructureNode(context.Name, new UnflattenLayer(size, steps), FlowKind.Sequence, flow.Read),
            Groups = groups,
            Features = of,
        };
    }

    /// <summary>A row that is read as steps of one feature each; another value stays as it is.</summary>
    public static Value StepsOfOne(NodeContext context, Value value)
    {
        bool isRow = value is FlowValue { Kind: FlowKind.LastStep or FlowKind.FinalState or FlowKind.Hidden, Rank: 3, RowAxis: null } row
            && row.Groups[2].Length == 0 && Flows.FeatureDimension(row) is >= 0 and < 2;
        if (!isRow)
        {
            return value;
        }

        var flow = Flows.Complete(context, value, "a row");
        int dimension = Flows.FeatureDimension(flow);
        int size = Flows.KnownSize(context, flow);
        Axis time = new($"{context.Name}.time", size, OnnxAxis.Time);
        Axis features = new($"{context.Name}.feature", 1, OnnxAxis.Features);
        return new FlowValue
        {
            Source = new StructureNode($"{context.Name}.steps", new UnflattenLayer(size, size), FlowKind.Sequence, flow.Read),
            Groups = [.. flow.Groups.Select((group, i) => i == dimension ? (Axis[])[time] : group)],
            Features = features,
        };
    }

    private static FlowValue Create(
        NodeContext context, FlowValue sequence, IReadOnlyList<Axis[]> groups, int dimension, int steps)
    {
        int size = Flows.KnownSize(context, sequence);
        FlattenLayer layer = new(size, steps);
        Axis features = new($"{context.Name}.flat", layer.Specification.OutputSize, OnnxAxis.Features);
        return new FlowValue
        {
            Source = new StructureNode($"{context.Name}.flatten", layer, FlowKind.LastStep, sequence.Read),
            Kind = FlowKind.LastStep,
            Groups = [.. groups.Select((group, i) => i == dimension ? (Axis[])[features] : group)],
            Features = features,
        };
    }

    /// <summary>Whether an axis is that of steps of a single feature, which has no axis.</summary>
    private static bool IsTimeOfOne(FlowValue flow, Axis axis) =>
        axis.Role == OnnxAxis.Time && flow.Features is { Size: 1 } && !flow.Groups.Any(group => group.Contains(flow.Features));

    /// <summary>The axis of steps in a group; null if there is none.</summary>
    private static Axis? TimeOf(NodeContext context, FlowValue flow, Axis[] group)
    {
        if (group.FirstOrDefault(axis => axis.Role == OnnxAxis.Time) is { Whole: null } known)
        {
            return known;
        }

        // Of an input, or of what was made of indices, nobody may have said yet which of its axes are its steps.
        bool isOpen = flow.Features is null ? group.Length == 2 : group.Contains(flow.Features) && group.Length == 2;
        Axis? other = isOpen ? group.FirstOrDefault(axis => flow.Features is null ? axis == group[0] : axis != flow.Features) : null;
        return other is { Whole: null, Role: null, Size: > 0 } && context.Interpreter.Inputs.Any(input => input.Axes.Any(other.IsSame))
            ? other
            : null;
    }

    /// <summary>The steps and features that the last two lengths of a shape divide a size into.</summary>
    private static (int Steps, int Features)? Divide(Extent?[] target, int size)
    {
        long? features = target[^1] is { } last ? last.Known : target[^2]?.Known is > 0 and var rest ? size / rest : null;
        if (features is not > 0 || size % features != 0)
        {
            return null;
        }

        long steps = size / features.Value;
        return target[^2] is { } known && known.Known != steps ? null : ((int)steps, (int)features.Value);
    }
}
