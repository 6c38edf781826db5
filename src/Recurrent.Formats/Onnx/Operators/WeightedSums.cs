using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Pooling over time by softmax weights: attention of one query.</summary>
internal static class WeightedSums
{
    /// <summary>The softmax over the steps of scores; null if it is not over steps.</summary>
    public static PendingFlow? Weights(NodeContext context, FlowValue scores, int dimension)
    {
        // The axis of a single score may have been joined with that of the steps.
        Axis[] group = scores.Groups[dimension];
        group = group.Length > 1 ? [.. group.Where(axis => axis.Size != 1)] : group;
        bool isOverTime = scores.Kind == FlowKind.Sequence && !Flows.HoldsFeatures(scores, dimension)
            && group is [{ Whole: null } time] && time != scores.Features && time.Assign(OnnxAxis.Time);
        if (!isOverTime)
        {
            return null;
        }

        scores = scores.With([.. scores.Groups.Select((other, i) => i == dimension ? group : other)]);

        TimeShifts.RequireWhole(context, scores);
        return new PendingFlow(scores, new TimeWeights(scores));
    }

    /// <summary>Weights repeated along a dimension of one element, once for every feature that they are multiplied with.</summary>
    public static PendingFlow? Repeat(NodeContext context, Value value, IReadOnlyList<Extent> target)
    {
        if (value is not PendingFlow { What: TimeWeights { Copies: null } weights, Flow: var flow } || target.Count != flow.Rank)
        {
            return null;
        }

        int[] changed =
        [
            .. Enumerable.Range(0, flow.Rank).Where(i => target[i].Known != 1 && !target[i].Same(Extent.Of(flow.Groups[i]))),
        ];
        if (changed is not [int at] || Extent.Of(flow.Groups[at]).Known != 1
            || target[at].Known is not (> 0 and <= LayerSpecification.MaxSize and long count))
        {
            return null;
        }

        Axis copies = new($"{context.Name}.copies", (int)count);
        return new PendingFlow(
            flow.With([.. flow.Groups.Select((group, i) => i == at ? (Axis[])[copies] : group)]), weights with { Copies = copies });
    }

    /// <summary>Steps times their weights; null if these are none.</summary>
    public static PendingFlow? Multiply(NodeContext context, Value left, Value right)
    {
        (PendingFlow? weights, Value values) = left is PendingFlow { What: TimeWeights } first
            ? (first, right)
            : (right as PendingFlow, left);
        if (weights?.What is not TimeWeights what || values is not FlowValue)
        {
            return null;
        }

        FlowValue flow = Flows.Complete(context, values, "a sequence");
        FlowValue scores = weights.Flow;
        int missing = flow.Rank - scores.Rank;
        int features = Flows.FeatureDimension(flow);
        bool fits = missing >= 0 && flow.Kind == FlowKind.Sequence && Enumerable.Range(0, flow.Rank).All(i =>
        {
            Axis[] group = i < missing ? [] : scores.Groups[i - missing];
            return i == features
                ? group.Length == 0 || group is [var one] && (one.Size == 1 || one == what.Copies || one == scores.Features)
                : JoinOperators.AreSame(flow.Groups[i], group);
        });
        Require(context, fits, flow, what);
        RequireSizes(context, flow, what, what.Copies?.Size);
        return new PendingFlow(flow, new WeightedSteps(flow, what.Scores));
    }

    /// <summary>The sum of weighted steps.</summary>
    public static FlowValue Sum(NodeContext context, FlowValue flow, WeightedSteps steps, int dimension, bool keeps)
    {
        if (flow.Groups[dimension] is not [{ Role: OnnxAxis.Time }])
        {
            throw context.Refuse($"expected the sum over time, found axis {dimension} of {steps}");
        }

        return Create(context, TimePooling.Without(flow, dimension, keeps), steps.Values, steps.Scores);
    }

    /// <summary>Weights times steps as a product of matrices, whichever is first.</summary>
    public static FlowValue Product(NodeContext context, Value left, Value right)
    {
        bool isWeightFirst = left is PendingFlow { What: TimeWeights };
        PendingFlow? weights = (isWeightFirst ? left : right) as PendingFlow;
        if (weights?.What is not TimeWeights { Copies: null } what)
        {
            throw context.Refuse($"attention of every step over every step is not part of a recurrent model; found {left} and {right}");
        }

        FlowValue flow = Flows.Complete(context, isWeightFirst ? right : left, "a sequence", isWeightFirst ? null : 1);
        FlowValue scores = weights.Flow;
        int last = flow.Rank - 1;
        int steps = isWeightFirst ? last - 1 : last;
        int features = isWeightFirst ? last : last - 1;
        int single = isWeightFirst ? last - 1 : last;
        int weighted = isWeightFirst ? last : last - 1;
        bool fits = flow.Rank >= 2 && scores.Rank == flow.Rank && flow.Kind == FlowKind.Sequence && Flows.HoldsFeatures(flow, features)
            && JoinOperators.AreSame(flow.Groups[steps], scores.Groups[weighted])
            && scores.Groups[single].All(axis => axis.Size == 1)
            && Enumerable.Range(0, last - 1).All(i => JoinOperators.AreSame(flow.Groups[i], scores.Groups[i]));
        Require(context, fits, flow, what);
        RequireSizes(context, flow, what, copies: null);
        FlowValue row = flow.With([.. flow.Groups.Select((group, i) => i == steps ? [] : group)]);
        return Create(context, row, flow, what.Scores);
    }

    private static void Require(NodeContext context, bool fits, FlowValue flow, TimeWeights weights)
    {
        if (!fits)
        {
            throw context.Refuse($"expected weights for the steps of {flow}, found {weights}");
        }
    }

    private static void RequireSizes(NodeContext context, FlowValue flow, TimeWeights weights, int? copies)
    {
        int size = Flows.KnownSize(context, flow);
        int scores = Flows.KnownSize(context, weights.Scores);
        if ((scores != 1 && scores != size) || (copies is { } count && count != size))
        {
            throw context.Refuse($"expected 1 weight or {size} for each step of {flow}, found {scores} scores, {copies ?? 1} times");
        }
    }

    private static FlowValue Create(NodeContext context, FlowValue row, FlowValue values, FlowValue scores)
    {
        int size = Flows.KnownSize(context, values);
        return TimePooling.Row(context, row, new SoftmaxOverTimeLayer(size), size, values.Read, scores.Read);
    }
}
