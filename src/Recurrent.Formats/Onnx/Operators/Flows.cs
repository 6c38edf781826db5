using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Appends layers to data that flows through the model.</summary>
internal static class Flows
{
    /// <summary>
    /// Data that a layer can read: all features of steps, or of final states. A part of them becomes a value of its own.
    /// </summary>
    /// <param name="context">The node.</param>
    /// <param name="value">The data.</param>
    /// <param name="what">What it has to be, for messages.</param>
    /// <param name="dimension">Where the features are of an input of the graph of which that is not known yet; null for the last.</param>
    public static FlowValue Complete(NodeContext context, Value value, string what, int? dimension = null)
    {
        FlowValue flow = value as FlowValue ?? PendingLayers.Find(context, value) ?? throw context.RefuseInput(value, what);
        flow = ResolveFeatures(context, flow, dimension);
        if (flow is { Kind: FlowKind.Sequence, Source: InputNode input, Picks: [var (_, index), ..] })
        {
            throw context.Refuse(
                $"it reads element {index} of an axis of '{input.Name}' by its number. A loop over steps that is written out step by step is "
                + "not followed: script it, or export a layer that takes sequences.");
        }

        FlowValue whole = flow.Kind == FlowKind.Hidden ? flow.ToFinalState() : flow;
        return whole.IsComplete && whole.Kind is not (FlowKind.Cell or FlowKind.States) ? whole
            : JoinOperators.Materialize(context.Name, flow)
            ?? throw context.RefuseInput(whole, $"{what}, all features of one layer");
    }

    /// <summary>
    /// Finds the features of an input of the graph: what a layer reads has them in its last dimension, if it does not say
    /// another one.
    /// </summary>
    public static FlowValue ResolveFeatures(NodeContext context, FlowValue flow, int? dimension = null)
    {
        if (flow.Features is not null)
        {
            return flow;
        }

        if (flow.Source is not InputNode input)
        {
            throw context.RefuseInput(flow, "features");
        }

        if (!input.IsFloating || !input.Assign(OnnxInputRole.Sequence))
        {
            throw context.Refuse(input.States.Count > 0
                ? $"the input '{input.Name}' is the state that a layer starts from, which nothing else can read"
                : $"the input '{input.Name}' cannot be a sequence of features: it is {(input.IsFloating ? $"used as {input.Role}" : "of integers")}");
        }

        // Somebody else may have said which axis has them.
        Axis[] group = (dimension is null ? flow.Groups.FirstOrDefault(one => one is [{ Role: OnnxAxis.Features }]) : null)
            ?? (flow.Groups.Count > 0 ? flow.Groups[dimension ?? (flow.Rank - 1)] : []);
        Axis features = group.Length switch
        {
            0 => new Axis($"{input.Name}.features", 1),
            1 => group[0],
            _ => throw context.RefuseInput(flow, $"features in {(dimension is { } at ? $"dimension {at}" : "the last dimension")}"),
        };
        return features.Assign(OnnxAxis.Features)
            ? flow.With(flow.Groups, features, flow.Rows, flow.RowAxis)
            : throw context.Refuse($"the {features} of the input '{input.Name}' cannot be its features");
    }

    /// <summary>Whether a dimension holds all features of a step, in order.</summary>
    public static bool HoldsFeatures(FlowValue flow, int dimension)
    {
        Axis[] group = flow.Groups[dimension];
        return flow.RowAxis is null || flow.Rows.Count < 2
            ? group is [Axis only] ? only == flow.Features : group.Length == 0 && IsSingleAbsent(flow)
            : group is [Axis rows, Axis features] && rows == flow.RowAxis && features == flow.Features;
    }

    /// <summary>The dimension that holds all features of a step; -1 if there is none.</summary>
    public static int FeatureDimension(FlowValue flow)
    {
        int absent = -1;
        for (int i = flow.Rank - 1; i >= 0; i--)
        {
            if (HoldsFeatures(flow, i))
            {
                if (flow.Groups[i].Length > 0)
                {
                    return i;
                }

                absent = Math.Max(absent, i);
            }
        }

        return absent;
    }

    /// <summary>The dimension of steps of a sequence; -1 if there is none.</summary>
    public static int TimeDimension(FlowValue flow) =>
        flow.Kind != FlowKind.Sequence
            ? -1
            : Enumerable.Range(0, flow.Rank).FirstOrDefault(i => flow.Groups[i] is [{ Role: OnnxAxis.Time, Whole: null }], -1);

    /// <summary>Features of a step; null if the graph leaves them open.</summary>
    public static int? SizeOf(FlowValue flow) => flow.Features!.Size * Math.Max(1, flow.Rows.Count);

    /// <summary>Refuses rows of a table, one for each row of the batch, where a row is read.</summary>
    public static void RequireNoIndexOfRow(NodeContext context, FlowValue flow)
    {
        bool isOfRow = flow.Kind == FlowKind.Sequence
            && flow.Source is LayerNode { Layer: EmbeddingLayer } node && node.Reads[0].Node is InputNode { Axes.Count: 1 };
        if (isOfRow)
        {
            context.Interpreter.IsFinal = true;
            throw context.Refuse($"the input '{flow.Source.Reads[0].Node.Name}' has one index for a whole row: a model takes an index for each step "
                + "alone");
        }
    }

    /// <summary>Features of a step that have to be known.</summary>
    public static int KnownSize(NodeContext context, FlowValue flow) =>
        SizeOf(flow) ?? throw context.Refuse($"how many features {flow} has is not known");

    /// <summary>Fixes the number of features, which a layer's weights tell.</summary>
    public static void RequireSize(NodeContext context, FlowValue flow, int size, string what)
    {
        if (flow.Rows.Count < 2 ? !flow.Features!.AssignSize(size) : SizeOf(flow) != size)
        {
            throw context.Refuse($"{what}: expected a shape with {SizeOf(flow)} features, as {flow} has, found {size}");
        }
    }

    /// <summary>Appends a layer that keeps every feature where it is.</summary>
    public static FlowValue AppendElementwise(NodeContext context, FlowValue flow, Layer layer) =>
        flow.From(new LayerNode(context.Name, flow.Read, layer, flow.Source.Rows));

    /// <summary>Appends a node that makes other features of those in a dimension.</summary>
    /// <param name="context">The node of the graph.</param>
    /// <param name="flow">What is read.</param>
    /// <param name="node">What reads it.</param>
    /// <param name="size">Features that it gives.</param>
    /// <param name="dimension">The dimension; null for the last one.</param>
    public static FlowValue Append(NodeContext context, FlowValue flow, FlowNode node, int size, int? dimension = null)
    {
        int at = dimension ?? (flow.Rank - 1);
        Axis features = new($"{context.Name}.features", size, OnnxAxis.Features);
        return new FlowValue
        {
            Source = node,
            Kind = flow.Kind,
            Groups = [.. flow.Groups.Select((group, i) => i == at ? (Axis[])[features] : group)],
            Features = features,
        };
    }

    private static bool IsSingleAbsent(FlowValue flow) =>
        flow.Features is { Size: 1 } features && !flow.Groups.Any(group => group.Contains(features));

    /// <summary>Final states as what layers behind the recurrent one read.</summary>
    private static FlowValue ToFinalState(this FlowValue flow) => new()
    {
        Source = flow.Rows[0].Merged.Node,
        Kind = FlowKind.FinalState,
        Groups = flow.Groups,
        Features = flow.Features,
        Rows = [.. flow.Rows.Select(row => row.Merged)],
        RowAxis = flow.RowAxis,
    };
}
