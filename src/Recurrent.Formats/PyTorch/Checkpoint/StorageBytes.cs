using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>
/// The bytes of a storage: a part of the file, or what an entry of it unpacks to when it is first asked for.
/// </summary>
internal sealed class StorageBytes
{
    private readonly ByteSource _file;
    private readonly long _offset;
    private readonly Lazy<byte[]>? _unpacked;

    public StorageBytes(ByteSource file, long offset)
    {
        _file = file;
        _offset = offset;
    }

    public StorageBytes(ByteSource file, Func<byte[]> unpack)
    {
        _file = file;
        _unpacked = new Lazy<byte[]>(unpack);
    }

    public void Read(long offset, Span<byte> destination)
    {
        if (_unpacked is null)
        {
            _file.Read(_offset + offset, destination);
        }
        else
        {
            _unpacked.Value.AsSpan((int)offset, destination.Length).CopyTo(destination);
        }
    }
}
