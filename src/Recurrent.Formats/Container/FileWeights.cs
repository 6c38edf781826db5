using System.Buffers;
using System.Runtime.InteropServices;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Container;

/// <summary>
/// The weights of a file that stay there: layers are made of memory that is read when somebody pins it, all at once, and given up
/// when nobody does any more.
/// </summary>
internal sealed class FileWeights
{
    private readonly string _path;
    private readonly (uint Model, uint Weights) _checksums;
    private readonly object _lock = new();
    private IReadOnlyList<StoredArray>? _read;
    private int _pins;

    private FileWeights(string path, ContainerFile file)
    {
        _path = path;
        _checksums = ChecksumsOf(file);
    }

    /// <summary>Gives the arrays of a model's record memory that is not read yet.</summary>
    public static void LeaveIn(string path, ContainerFile file, ModelRecord record)
    {
        var weights = new FileWeights(path, file);
        int index = 0;
        foreach (StoredArray array in record.Arrays)
        {
            array.Values = new UnreadArray(weights, index++).Of((int)(array.Rows * array.Columns));
        }
    }

    private static (uint Model, uint Weights) ChecksumsOf(ContainerFile file) =>
        (file.Get(SectionType.Model).Checksum, file.Get(SectionType.Weights).Checksum);

    private unsafe MemoryHandle Pin(int index, int element, IPinnable owner)
    {
        lock (_lock)
        {
            _read ??= ReadAll();
            _ = MemoryMarshal.TryGetArray(_read[index].Values, out ArraySegment<float> array);
            var handle = GCHandle.Alloc(array.Array, GCHandleType.Pinned);
            _pins++;
            return new MemoryHandle((float*)handle.AddrOfPinnedObject() + element, handle, owner);
        }
    }

    private void Unpin()
    {
        lock (_lock)
        {
            if (--_pins == 0)
            {
                _read = null;
            }
        }
    }

    private IReadOnlyList<StoredArray> ReadAll()
    {
        try
        {
            using FileSource source = FileSource.Open(_path);
            ContainerFile file = ContainerFile.Read(source);
            if (ChecksumsOf(file) == _checksums)
            {
                return ContainerReader.ReadArrays(file);
            }
        }
        catch (ModelFormatException e)
        {
            throw Replaced(e);
        }

        throw Replaced(null);
    }

    private IOException Replaced(Exception? reason) =>
        new($"{_path}: expected the weights that the model was loaded with, found another file.", reason);

    private sealed class UnreadArray(FileWeights weights, int index) : MemoryManager<float>
    {
        public ReadOnlyMemory<float> Of(int count) => CreateMemory(count);

        public override Span<float> GetSpan() => throw new InvalidOperationException("The weights are in their file; pin them.");

        public override MemoryHandle Pin(int elementIndex = 0) => weights.Pin(index, elementIndex, this);

        public override void Unpin() => weights.Unpin();

        protected override void Dispose(bool disposing)
        {
        }
    }
}
