using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Rows made of all steps of a sequence: their mean, their largest values, and sums of features.</summary>
internal static class TimePooling
{
    /// <summary><c>GlobalAveragePool</c> and <c>GlobalMaxPool</c> of <c>[batch, features, time]</c>.</summary>
    public static Value Global(NodeContext context)
    {
        FlowValue flow = TimeWindow.Sequence(context, context.Required(0));
        if (flow.Rank is < 3 or > 4)
        {
            throw context.RefuseInput(flow, "[batch, features, time]");
        }

        int dimension = TimeWindow.SequenceDimension(context, flow);
        return Over(context, flow, dimension, context.Node.Operator == "GlobalMaxPool", keepsDimension: true);
    }

    /// <summary><c>ReduceMean</c>, <c>ReduceMax</c> and <c>ReduceSum</c> over time, or over the features of a step.</summary>
    public static Value Reduce(NodeContext context)
    {
        bool keeps = context.Node.Integer("keepdims", 1) != 0;
        Value value = context.Required(0);
        int rank = value is PendingFlow { Flow.Rank: var pending } ? pending : value is FlowValue { Rank: var given } ? given : 0;
        IReadOnlyList<long> axes = context.Numbers("axes", 1) ?? [];
        if (rank == 0 || axes.Count == 0)
        {
            throw context.Refuse($"expected the features or the steps of data, found {value} and the axes [{string.Join(", ", axes)}]");
        }

        int[] dimensions = [.. axes.Select(axis => context.Axis(axis, rank)).Distinct().Order()];
        if (value is PendingFlow { What: WeightedSteps weighted } steps)
        {
            return context.Node.Operator == "ReduceSum" && dimensions is [int over]
                ? WeightedSums.Sum(context, steps.Flow, weighted, over, keeps)
                : throw context.RefuseInput(value, "their sum");
        }

        if (Standardizations.Reduce(context, value, dimensions, keeps) is { } part)
        {
            return part;
        }

        FlowValue flow = Flows.Complete(context, value, "features");
        if (dimensions is [int features] && Flows.HoldsFeatures(flow, features) && context.Node.Operator != "ReduceMax")
        {
            return FeatureSums.Create(context, flow, Without(flow, features, keeps), isMean: context.Node.Operator == "ReduceMean");
        }

        // Lengths of one element are nothing to go over.
        dimensions = [.. dimensions.Where(i => flow.Groups[i].Any(axis => axis.Size != 1))];
        return dimensions is [int time]
            ? OverSteps(context, flow, time, keeps)
            : throw context.Refuse($"only the steps or the features of data can be taken together, found {flow} and "
                + $"the axes [{string.Join(", ", axes)}]");
    }

    /// <summary>The same without a dimension, or with one element there.</summary>
    public static FlowValue Without(FlowValue flow, int dimension, bool keeps) =>
        flow.With([.. flow.Groups.Select((group, i) => i == dimension ? [] : group).Where((_, i) => keeps || i != dimension)]);

    private static Value OverSteps(NodeContext context, FlowValue flow, int dimension, bool keeps)
    {
        string name = context.Node.Operator;
        if (flow.Kind != FlowKind.Sequence || flow.Groups[dimension] is not [{ Whole: null } time] || !time.Assign(OnnxAxis.Time))
        {
            throw context.Refuse($"only the steps or the features of data can be taken together, found axis {dimension} of {flow}");
        }

        if (name != "ReduceSum")
        {
            return Over(context, flow, dimension, isMax: name == "ReduceMax", keeps);
        }

        FlowValue mean = Over(context, flow, dimension, isMax: false, keeps);
        if (time.Size is not { } steps)
        {
            return new PendingFlow(mean, new TimeSum(mean, time));
        }

        int size = Flows.KnownSize(context, mean);
        context.Take(2L * size, areFloating: true);
        float[] factors = new float[size];
        factors.AsSpan().Fill(steps);
        return mean.From(new LayerNode($"{context.Name}.sum", mean.Read, new ScaleLayer(factors), []));
    }

    /// <summary>The mean or the largest values over the steps in a dimension.</summary>
    public static FlowValue Over(NodeContext context, FlowValue flow, int dimension, bool isMax, bool keepsDimension)
    {
        TimeShifts.RequireWhole(context, flow);
        int size = Flows.KnownSize(context, flow);
        Layer layer = isMax ? new MaxOverTimeLayer(size) : new MeanOverTimeLayer(size);
        return Row(context, Without(flow, dimension, keepsDimension), layer, size, flow.Read);
    }

    /// <summary>A row that a layer makes of all steps.</summary>
    /// <param name="context">The node.</param>
    /// <param name="flow">The dimensions of the row.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="size">Features of the row.</param>
    /// <param name="reads">What the layer reads.</param>
    public static FlowValue Row(NodeContext context, FlowValue flow, Layer layer, int size, params IReadOnlyList<FlowRead> reads)
    {
        Axis features = new($"{context.Name}.features", size, OnnxAxis.Features);
        int dimension = Flows.FeatureDimension(flow);
        return new FlowValue
        {
            Source = new StructureNode(context.Name, layer, FlowKind.LastStep, reads),
            Kind = FlowKind.LastStep,
            Groups = [.. flow.Groups.Select((group, i) => i == dimension ? (Axis[])[features] : group)],
            Features = features,
        };
    }
}
