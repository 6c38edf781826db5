namespace Recurrent.Formats.Onnx;

/// <summary>The sum of two paths: where one goes around layers of the other, a residual connection.</summary>
internal static class ResidualOperator
{
    public static FlowValue Add(NodeContext context, FlowValue left, FlowValue right)
    {
        return FindResidual(context, Resolve(context, left), Resolve(context, right))
            ?? JoinOperators.Sum(context, left, right);
    }

    private static FlowValue? FindResidual(NodeContext context, FlowValue left, FlowValue right)
    {
        (FlowValue deep, FlowValue origin) = IsBefore(right.Source, left.Source) ? (left, right) : (right, left);
        if (!IsBefore(origin.Source, deep.Source) || deep.Kind != origin.Kind)
        {
            return null;
        }

        deep = Flows.Complete(context, deep, "features");
        int size = Flows.KnownSize(context, deep);
        if (origin.Features is { Whole: null, Size: null })
        {
            Flows.RequireSize(context, origin, size, "the sum");
        }

        int dimension = Flows.FeatureDimension(deep);
        bool fits = deep.Rank == origin.Rank && dimension >= 0 && Flows.HoldsFeatures(origin, dimension)
            && Flows.SizeOf(origin) == size && origin.Features!.First == 0
            && origin.Rows.Select(row => row.Merged).SequenceEqual(origin.Source.Rows) && origin.Picks.Count == 0
            && !Enumerable.Range(0, deep.Rank).Any(i => i != dimension && !deep.Groups[i].SequenceEqual(origin.Groups[i]));
        return fits
            ? Flows.Append(context, deep, new ResidualNode(context.Name, deep.Read, origin.Source, size), size, dimension)
            : null;
    }

    /// <summary>A path from an input may have been cut to the features that are added.</summary>
    private static FlowValue Resolve(NodeContext context, FlowValue flow)
    {
        if (flow.Kind == FlowKind.Hidden)
        {
            return Flows.Complete(context, flow, "features");
        }

        return Flows.ResolveFeatures(context, flow);
    }

    private static bool IsBefore(FlowNode origin, FlowNode node)
    {
        for (FlowNode? at = node.Parent; at is not null; at = at.Parent)
        {
            if (ReferenceEquals(at, origin))
            {
                return true;
            }
        }

        return false;
    }
}
