namespace Recurrent.Formats.Onnx;

/// <summary>
/// Elements of several storages one after the other: exporters that fold nothing cut weights into gates and put them
/// together in another order, and that need not be done twice.
/// </summary>
internal sealed class JoinedStorage(IReadOnlyList<(TensorStorage Storage, int Count)> parts) : TensorStorage
{
    private delegate void ReadPart<T>(TensorStorage storage, int first, Span<T> destination);

    // Once: parts of parts of parts would be asked again and again.
    public override int Depth { get; } = parts.Max(part => part.Storage.Depth) + 1;

    public override void Read(int first, Span<float> destination) =>
        Read<float>(first, destination, static (storage, begin, values) => storage.Read(begin, values));

    public override void Read(int first, Span<long> destination) =>
        Read<long>(first, destination, static (storage, begin, values) => storage.Read(begin, values));

    private void Read<T>(int first, Span<T> destination, ReadPart<T> read)
    {
        foreach ((TensorStorage storage, int count) in parts)
        {
            int begin = Math.Min(first, count);
            int length = Math.Min(count - begin, destination.Length);
            if (length > 0)
            {
                // Parts without elements could be joined from parts without elements, and so on.
                read(storage, begin, destination[..length]);
            }

            destination = destination[length..];
            first -= begin;
        }
    }
}
