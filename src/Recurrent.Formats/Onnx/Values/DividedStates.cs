namespace Recurrent.Formats.Onnx;

/// <summary>
/// Final states of several layers and both directions as <c>[layers, directions, ...]</c>, which PyTorch's documentation
/// recommends: those of one layer are taken of them.
/// </summary>
/// <param name="States">The states, one after the other.</param>
/// <param name="Layers">How many layers there are.</param>
internal sealed record DividedStates(FlowValue States, int Layers) : Pending
{
    /// <summary>The states in a shape; null if it is another one.</summary>
    /// <param name="flow">The states, counted by their first dimension.</param>
    /// <param name="shape">The length of each dimension; null for one that takes what the others leave.</param>
    public static PendingFlow? Of(FlowValue flow, Extent?[] shape)
    {
        int count = flow.Rows.Count;
        if (!flow.IsState || flow.RowAxis is not { } rows || count < 2 || shape.Length != flow.Rank + 1 || flow.Groups[0] is not [var first]
            || first != rows)
        {
            return null;
        }

        long? layers = shape[0] is null ? count / shape[1]?.Known : shape[0]!.Value.Known;
        long? directions = shape[1] is null ? count / layers : shape[1]!.Value.Known;
        bool fits = layers * directions == count
            && Enumerable.Range(1, flow.Rank - 1).All(i => shape[i + 1] is not { } length || length.Same(Extent.Of(flow.Groups[i])));
        if (!fits)
        {
            return null;
        }

        Axis[][] groups =
            [[new Axis("layers", (int)layers!, OnnxAxis.Direction)], [new Axis("directions", (int)directions!, OnnxAxis.Direction)], .. flow.Groups.Skip(1)];
        return new PendingFlow(flow.With(groups), new DividedStates(flow, (int)layers));
    }

    /// <summary>The states of one layer: of both directions, or of the only one.</summary>
    /// <param name="context">The node.</param>
    /// <param name="layer">Its number, from the end if it is negative.</param>
    public FlowValue Take(NodeContext context, long layer)
    {
        long place = layer < 0 ? layer + Layers : layer;
        if (place < 0 || place >= Layers)
        {
            throw context.Refuse($"expected one of {Layers} layers, found {layer}");
        }

        int directions = States.Rows.Count / Layers;
        return FlowSlices.Part(context, States, 0, (int)place * directions, directions);
    }

    public override string ToString() => $"{States} in {Layers} layers";
}
