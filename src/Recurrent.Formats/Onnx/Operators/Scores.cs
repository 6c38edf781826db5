using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Scores of the steps of a sequence by their products with a row: attention with one query.</summary>
internal static class Scores
{
    /// <summary>The scores; null if the values are not a sequence and a row.</summary>
    public static FlowValue? Find(NodeContext context, Value left, Value right)
    {
        if (left is not FlowValue { Kind: not FlowKind.Cell } a || right is not FlowValue { Kind: not FlowKind.Cell } b || a.Rank != b.Rank
            || a.Rank < 2 || a.Features is null || b.Features is null || (a.Kind == FlowKind.Sequence) == (b.Kind == FlowKind.Sequence))
        {
            return null;
        }

        // The sequence [..., time, features] times the row [..., features, 1], or both the other way round.
        int last = a.Rank - 1;
        bool isSequenceFirst = a.Kind == FlowKind.Sequence;
        FlowValue sequence = Flows.Complete(context, isSequenceFirst ? a : b, "a sequence");
        FlowValue row = Flows.Complete(context, isSequenceFirst ? b : a, "a row");
        (int time, int ofSequence) = isSequenceFirst ? (last - 1, last) : (last, last - 1);
        (int single, int ofRow) = isSequenceFirst ? (last, last - 1) : (last - 1, last);
        int size = Flows.KnownSize(context, sequence);
        bool fits = sequence.Groups[time] is [{ Whole: null } axis] && axis.Assign(OnnxAxis.Time)
            && Flows.HoldsFeatures(sequence, ofSequence) && Flows.HoldsFeatures(row, ofRow) && Flows.SizeOf(row) == size
            && Extent.Of(row.Groups[single]).Known == 1
            && Enumerable.Range(0, last - 1).All(i => JoinOperators.AreSame(sequence.Groups[i], row.Groups[i]));
        if (!fits)
        {
            return null;
        }

        FlowRead repeated = Broadcast.Repeat(context, row.Read, size, sequence.Groups[time][0]);
        FlowRead product = new(
            new StructureNode($"{context.Name}.products", new ProductLayer(size), FlowKind.Sequence, sequence.Read, repeated),
            FlowKind.Sequence);
        FlowValue products = sequence.From(product.Node);
        return FeatureSums.Create(context, products, TimePooling.Without(products, ofSequence, keeps: true), isMean: false);
    }
}
