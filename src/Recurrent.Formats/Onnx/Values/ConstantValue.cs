namespace Recurrent.Formats.Onnx;

/// <summary>
/// A tensor that does not depend on what the model is given. Some axes of it may be as long as an axis of the input: along
/// these, of which the tensor has one element, it is the same everywhere.
/// </summary>
internal sealed class ConstantValue : Value
{
    public ConstantValue(OnnxTensor tensor, IReadOnlyList<Extent>? shape = null)
    {
        Tensor = tensor;
        Shape = shape ?? [.. tensor.Dimensions.Select(length => Extent.Of(length))];
        IsSpread = Shape.Any(extent => extent.Known is null);
    }

    public OnnxTensor Tensor { get; private set; }

    /// <summary>The length of each axis.</summary>
    public IReadOnlyList<Extent> Shape { get; }

    /// <summary>Whether there is an axis of open length.</summary>
    public bool IsSpread { get; }

    public IReadOnlyList<int> Dimensions => Tensor.Dimensions;

    public int Rank => Shape.Count;

    public static ConstantValue Of(ReadOnlySpan<int> dimensions, ReadOnlyMemory<float> values) =>
        new(OnnxTensor.Create("", dimensions, values));

    public static ConstantValue Of(ReadOnlySpan<int> dimensions, ReadOnlyMemory<long> values) =>
        new(OnnxTensor.Create("", dimensions, values));

    /// <summary>The elements as singles, read once.</summary>
    public ReadOnlyMemory<float> Singles()
    {
        if (Tensor.Storage is not SinglesStorage)
        {
            float[] values = Tensor.ToSingles();
            if (!Tensor.IsFloating)
            {
                return values;
            }

            Tensor = OnnxTensor.Create(Tensor.Name, [.. Tensor.Dimensions], values.AsMemory());
        }

        return ((SinglesStorage)Tensor.Storage).Values;
    }

    /// <summary>The elements as integers, read once.</summary>
    public ReadOnlyMemory<long> Integers()
    {
        if (Tensor.Storage is not IntegersStorage)
        {
            Tensor = OnnxTensor.Create(Tensor.Name, [.. Tensor.Dimensions], Tensor.ToIntegers().AsMemory());
        }

        return ((IntegersStorage)Tensor.Storage).Values;
    }

    public override string ToString() => $"a constant [{string.Join(", ", Shape)}]";
}
