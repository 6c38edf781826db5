namespace Recurrent.Formats.Tensors;

/// <summary>Several files, one behind the other, as if they were one.</summary>
internal sealed class JoinedSource(IReadOnlyList<ByteSource> parts) : ByteSource
{
    public override long Length => parts.Sum(part => part.Length);

    public override void Read(long offset, Span<byte> destination)
    {
        foreach (ByteSource part in parts)
        {
            if (offset < part.Length && !destination.IsEmpty)
            {
                int count = (int)Math.Min(part.Length - offset, destination.Length);
                part.Read(offset, destination[..count]);
                destination = destination[count..];
                offset = 0;
            }
            else
            {
                offset -= Math.Min(offset, part.Length);
            }
        }
    }

    public override ReadOnlyMemory<byte> Slice(long offset, int length)
    {
        var bytes = new byte[length];
        Read(offset, bytes);
        return bytes;
    }

    public override void Dispose()
    {
        foreach (ByteSource part in parts)
        {
            part.Dispose();
        }
    }
}
