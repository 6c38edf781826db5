namespace Recurrent.Formats.Onnx;

/// <summary>The layers that a step on the way to another layer is by itself.</summary>
internal static class PendingLayers
{
    /// <summary>Data that the next layer can read; null if the value is nothing that layers give.</summary>
    public static FlowValue? Find(NodeContext context, Value value) => value is not PendingFlow pending ? null : pending.What switch
    {
        Padding padding => TimeShifts.Pad(context, pending.Flow, padding),
        FeaturesFirst first => Flattening.Reorder(context, pending.Flow, first),
        Standardization { Data: 0, Mean: 1, Epsilon: null, Factors.Length: 0, Offsets.Length: 0 } mean =>
            FeatureSums.Create(context, mean.Of, pending.Flow, isMean: true),
        _ => null,
    };
}
