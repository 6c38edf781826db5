using Google.Protobuf;
using Recurrent.Formats.Onnx;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats;

/// <summary>
/// A tensor of an ONNX file, or one made in memory. Its elements are read when they are asked for. Immutable.
/// </summary>
public sealed class OnnxTensor
{
    internal OnnxTensor(
        string name, TensorElementType elementType, IReadOnlyList<int> dimensions, TensorStorage storage)
    {
        Name = name;
        ElementType = elementType;
        Dimensions = dimensions;
        Storage = storage;
        ElementCount = (int)Product(dimensions);
    }

    /// <summary>Its name; may be empty.</summary>
    public string Name { get; }

    /// <summary>What the elements are in the file, under the name that safetensors gives it.</summary>
    public TensorElementType ElementType { get; }

    /// <summary>The length of each axis; empty for a scalar.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>Product of <see cref="Dimensions"/>.</summary>
    public int ElementCount { get; }

    internal TensorStorage Storage { get; }

    internal bool IsFloating => ElementTypes.IsFloating(ElementType);

    /// <summary>Makes a tensor of singles. The values are not copied and must not change.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dimensions">The length of each axis.</param>
    /// <param name="values">As many values as the product of the lengths.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">The number of values is wrong.</exception>
    public static OnnxTensor Create(string name, ReadOnlySpan<int> dimensions, ReadOnlyMemory<float> values)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new OnnxTensor(
            name, TensorElementType.F32, Checked(dimensions, values.Length), new SinglesStorage(values));
    }

    /// <summary>Makes a tensor of integers (Int64). The values are not copied and must not change.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dimensions">The length of each axis.</param>
    /// <param name="values">As many values as the product of the lengths.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">The number of values is wrong.</exception>
    public static OnnxTensor Create(string name, ReadOnlySpan<int> dimensions, ReadOnlyMemory<long> values)
    {
        ArgumentNullException.ThrowIfNull(name);
        return new OnnxTensor(
            name, TensorElementType.I64, Checked(dimensions, values.Length), new IntegersStorage(values));
    }

    /// <summary>Reads a file that holds one tensor, as those of ONNX's backend tests (<c>input_0.pb</c>).</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ModelFormatException">The file holds no tensor, is damaged, or is too large.</exception>
    public static OnnxTensor Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileSource source = FileSource.Open(path);
        var bytes = new byte[source.Length <= Array.MaxLength
            ? source.Length
            : throw new ModelFormatException($"{path}: expected at most {Array.MaxLength} bytes, found {source.Length}.")];
        source.Read(0, bytes);
        return Read(new WireSource(new MemorySource(bytes), $"{path}: "));
    }

    /// <summary>Takes the contents of a file that holds one tensor.</summary>
    /// <param name="bytes">The whole file. It is not copied and must not change.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ModelFormatException">The bytes hold no tensor, or a damaged one.</exception>
    public static OnnxTensor Parse(ReadOnlyMemory<byte> bytes) => Read(WireSource.Of(bytes));

    /// <summary>The elements as singles; converted if they are something else.</summary>
    /// <returns>A new array, in row-major order.</returns>
    /// <exception cref="IOException">The file cannot be read any more.</exception>
    /// <exception cref="ModelFormatException">The file is not what it was.</exception>
    public float[] ToSingles()
    {
        float[] values = new float[ElementCount];
        Storage.Read(0, values.AsSpan());
        return values;
    }

    /// <summary>The elements as integers.</summary>
    /// <returns>A new array, in row-major order.</returns>
    /// <exception cref="IOException">The file cannot be read any more.</exception>
    /// <exception cref="ModelFormatException">The elements are no integers, or the file is not what it was.</exception>
    public long[] ToIntegers()
    {
        long[] values = new long[ElementCount];
        Storage.Read(0, values.AsSpan());
        return values;
    }

    private static OnnxTensor Read(WireSource source)
    {
        var budget = new MemoryBudget(source.Length);
        ReadOnlyMemory<byte> message = WireReader.Read(source, WireSchema.Tensor, budget);
        try
        {
            var external = new ExternalData(folder: null, refusesHardLinks: false, budget);
            return new TensorReader(source, external).Create(TensorProto.Parser.ParseFrom(message.Span));
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new ModelFormatException($"{source.Place}not a tensor of ONNX: {e.Message}", e);
        }
    }

    private static int[] Checked(ReadOnlySpan<int> dimensions, int count)
    {
        int[] lengths = dimensions.ToArray();
        return !lengths.Any(length => length < 0) && Product(lengths) == count
            ? lengths
            : throw new ArgumentException(
                $"values: expected as many as [{string.Join(", ", lengths)}] has, found {count}.",
                nameof(count));
    }

    /// <summary>The number of elements, or one that is too large for any array.</summary>
    private static long Product(IReadOnlyList<int> dimensions) =>
        dimensions.Contains(0) ? 0 : dimensions.Aggregate(1L, (product, length) => Math.Min(product * length, int.MaxValue));
}
