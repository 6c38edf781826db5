using System.Text;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// A state dict as TorchSharp's <c>module.save("model.dat")</c> writes it: the number of tensors; for each its name, the number of
/// its type, its sizes and its elements. It has no magic number: it is one if all of that ends where the file ends.
/// </summary>
internal sealed class TorchSharpFile : ITensorSource
{
    private const int MaxNameBytes = 4096;
    private const int MaxAxes = 64;

    // A count, a length of a name of one character, a type and no sizes.
    private const int LeastTensorBytes = 4;

    // The tensor, its sizes, and its place in a table.
    private const int ObjectBytes = 512;

    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    private TorchSharpFile()
    {
    }

    public IEnumerable<string> TensorNames => _tensors.Keys;

    public bool HasModelOrder => true;

    /// <summary>Reads a file.</summary>
    /// <returns>Its tensors; null if it is no such file.</returns>
    public static TorchSharpFile? Find(ByteSource source)
    {
        var reader = new Reader(source);
        var budget = new MemoryBudget(source.Length);
        if (reader.Number() is not { } count || count < 1 || count > source.Length / LeastTensorBytes)
        {
            return null;
        }

        // What is counted is what the headers say, so a file of another format is found out before much has been read.
        var headers = new List<(string Name, TensorElementType Type, long[] Shape, long Count, long Offset)>();
        for (long i = 0; i < count; i++)
        {
            if (ReadHeader(reader) is not { } header || !budget.TryTake(ObjectBytes + (2 * header.Name.Length)))
            {
                return null;
            }

            headers.Add(header);
        }

        return reader.Position == source.Length && headers.Count > 0 ? Read(source, headers, budget) : null;
    }

    public Tensor? Find(string name) => _tensors.GetValueOrDefault(name);

    private static TorchSharpFile Read(
        ByteSource source,
        List<(string Name, TensorElementType Type, long[] Shape, long Count, long Offset)> headers,
        MemoryBudget budget)
    {
        var file = new TorchSharpFile();
        foreach ((string name, TensorElementType type, long[] shape, long count, long offset) in headers)
        {
            budget.Take((Int128)count * sizeof(float), $"tensor '{name}'");
            if (!file._tensors.TryAdd(name, new StoredTensor(name, type, shape, count, source, offset)))
            {
                throw new ModelFormatException($"TorchSharp: tensor '{name}' is in it twice.");
            }
        }

        return file;
    }

    private static (string Name, TensorElementType Type, long[] Shape, long Count, long Offset)? ReadHeader(Reader reader)
    {
        if (reader.Number() is not { } bytes || bytes is < 1 or > MaxNameBytes || reader.Text((int)bytes) is not { } name
            || reader.Number() is not { } type || ElementType(type) is not { } element
            || reader.Number() is not { } rank || rank > MaxAxes)
        {
            return null;
        }

        long[] shape = new long[rank];
        Int128 count = 1;
        for (int axis = 0; axis < shape.Length; axis++)
        {
            if (reader.Number() is not { } size || (count *= size) > long.MaxValue)
            {
                return null;
            }

            shape[axis] = size;
        }

        long offset = reader.Position;
        return reader.Skip(count * element.SizeInBytes()) ? (name, element, shape, (long)count, offset) : null;
    }

    /// <summary>The number that libtorch has for a type of elements.</summary>
    private static TensorElementType? ElementType(long number) => number switch
    {
        0 => TensorElementType.U8,
        1 => TensorElementType.I8,
        2 => TensorElementType.I16,
        3 => TensorElementType.I32,
        4 => TensorElementType.I64,
        5 => TensorElementType.F16,
        6 => TensorElementType.F32,
        7 => TensorElementType.F64,
        11 => TensorElementType.Bool,
        15 => TensorElementType.BF16,
        _ => null,
    };

    private sealed class StoredTensor(
        string name, TensorElementType type, long[] shape, long count, ByteSource source, long offset)
        : Tensor(name, type, shape, count)
    {
        private protected override void Read(long firstElement, Span<byte> destination) =>
            source.Read(offset + (firstElement * ElementType.SizeInBytes()), destination);
    }

    private sealed class Reader(ByteSource source)
    {
        private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

        public long Position { get; private set; }

        /// <summary>A number of 7 bits a byte, the lowest first; null if there is none of 63 bits.</summary>
        public long? Number()
        {
            long number = 0;
            Span<byte> next = stackalloc byte[1];
            for (int shift = 0; shift < 63 && Position < source.Length; shift += 7)
            {
                source.Read(Position++, next);
                number |= (long)(next[0] & 0x7F) << shift;
                if (next[0] < 0x80)
                {
                    return number;
                }
            }

            return null;
        }

        public string? Text(int bytes)
        {
            if (bytes > source.Length - Position)
            {
                return null;
            }

            var text = new byte[bytes];
            source.Read(Position, text);
            Position += bytes;
            try
            {
                return Strict.GetString(text);
            }
            catch (DecoderFallbackException)
            {
                return null;
            }
        }

        public bool Skip(Int128 bytes)
        {
            bool fits = bytes <= source.Length - Position;
            Position += fits ? (long)bytes : 0;
            return fits;
        }
    }
}
