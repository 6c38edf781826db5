namespace Recurrent.Formats.Onnx;

/// <summary>Singles in memory.</summary>
internal sealed class SinglesStorage(ReadOnlyMemory<float> values) : TensorStorage
{
    public ReadOnlyMemory<float> Values => values;

    public override void Read(int first, Span<float> destination) =>
        values.Span.Slice(first, destination.Length).CopyTo(destination);

    public override void Read(int first, Span<long> destination) =>
        throw new ModelFormatException("expected integers, found floating-point numbers.");
}
