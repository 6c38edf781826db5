namespace Recurrent.Formats.Onnx;

/// <summary>Constants that are combined with data, as one number for each feature.</summary>
internal static class FeatureConstants
{
    /// <summary>The numbers.</summary>
    /// <param name="context">The node.</param>
    /// <param name="flow">The data.</param>
    /// <param name="constant">The constant: one number, or one for each feature along the dimension of the features.</param>
    /// <param name="size">Features.</param>
    public static float[] Read(NodeContext context, FlowValue flow, ConstantValue constant, int size)
    {
        int count = constant.Tensor.ElementCount;
        int dimension = Flows.FeatureDimension(flow) - flow.Rank + constant.Rank;
        bool fits = constant.Tensor.IsFloating && !constant.IsSpread && constant.Rank <= flow.Rank
            && (count == 1
                || (count == size && dimension >= 0 && dimension < constant.Rank && constant.Dimensions[dimension] == size));
        if (!fits)
        {
            throw context.Refuse($"expected one number, or one for each of {size} features, found {constant} for {flow}");
        }

        return count == 1 ? Filled(size, constant.Singles().Span[0]) : constant.Singles().ToArray();
    }

    public static float[] Filled(int size, float value)
    {
        float[] values = new float[size];
        values.AsSpan().Fill(value);
        return values;
    }
}
