using System.Buffers.Binary;

namespace Recurrent.Formats.Tensors;

/// <summary>Floats as the bytes that files have.</summary>
internal static class LittleEndian
{
    /// <summary>The bytes of floats: without a copy, where the machine has them in this order.</summary>
    public static ReadOnlyMemory<byte> Bytes(ReadOnlyMemory<float> values)
    {
        if (BitConverter.IsLittleEndian)
        {
            return new SingleBytes(values).Memory;
        }

        var bytes = new byte[values.Length * sizeof(float)];
        for (int i = 0; i < values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(bytes.AsSpan(i * sizeof(float)), values.Span[i]);
        }

        return bytes;
    }
}
