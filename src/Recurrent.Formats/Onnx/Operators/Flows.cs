using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Appends layers to data that flows through the model.</summary>
internal static class Flows
{
    /// <summary>
    /// Data that a layer can read: all features of steps, or of final states. A part of them becomes a value of its own.
    /// </summary>
    public static FlowValue Complete(NodeContext context, Value value, string what)
    {
        FlowValue flow = value as FlowValue ?? throw context.RefuseInput(value, what);
        flow = ResolveFeatures(context, flow);
        if (flow.Kind == FlowKind.Cell)
        {
            throw context.Refuse($"layers behind a recurrent one read its output and not its cell state; found {flow}");
        }

        FlowValue whole = flow.Kind == FlowKind.Hidden ? flow.ToFinalState() : flow;
        return whole.IsComplete ? whole
            : JoinOperators.Materialize(context.Name, flow)
            ?? throw context.RefuseInput(whole, $"{what}, all features of one layer");
    }

    /// <summary>
    /// Finds the features of an input of the graph: what a layer reads has them in its last dimension.
    /// </summary>
    public static FlowValue ResolveFeatures(NodeContext context, FlowValue flow)
    {
        if (flow.Features is not null)
        {
            return flow;
        }

        var input = (InputNode)flow.Source;
        if (!input.IsFloating || !input.Assign(OnnxInputRole.Sequence))
        {
            throw context.Refuse($"the input '{input.Name}' cannot be a sequence of features: it is "
                + (input.IsFloating ? $"used as {input.Role}" : "of integers"));
        }

        Axis features = flow.Groups.Count > 0 && flow.Groups[^1] is [Axis axis]
            ? axis
            : flow.Groups.Count > 0 && flow.Groups[^1].Length > 0
                ? throw context.RefuseInput(flow, "features in the last dimension")
                : new Axis($"{input.Name}.features", 1);
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

    /// <summary>Features of a step; null if the graph leaves them open.</summary>
    public static int? SizeOf(FlowValue flow) => flow.Features!.Size * Math.Max(1, flow.Rows.Count);

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

    /// <summary>Appends a node that makes other features of those in the last dimension.</summary>
    public static FlowValue Append(NodeContext context, FlowValue flow, FlowNode node, int size)
    {
        Axis features = new($"{context.Name}.features", size, OnnxAxis.Features);
        return new FlowValue
        {
            Source = node,
            Kind = flow.Kind,
            Groups = [.. flow.Groups.Take(flow.Rank - 1), [features]],
            Features = features,
        };
    }

    private static bool IsSingleAbsent(FlowValue flow) =>
        flow.Features!.Size == 1 && !flow.Groups.Any(group => group.Contains(flow.Features));

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
