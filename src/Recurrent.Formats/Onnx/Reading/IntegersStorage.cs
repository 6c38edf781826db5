namespace Recurrent.Formats.Onnx;

/// <summary>Integers in memory.</summary>
internal sealed class IntegersStorage(ReadOnlyMemory<long> values) : TensorStorage
{
    public ReadOnlyMemory<long> Values => values;

    public override void Read(int first, Span<float> destination)
    {
        ReadOnlySpan<long> source = values.Span.Slice(first, destination.Length);
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = source[i];
        }
    }

    public override void Read(int first, Span<long> destination) =>
        values.Span.Slice(first, destination.Length).CopyTo(destination);
}
