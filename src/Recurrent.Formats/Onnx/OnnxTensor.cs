namespace Recurrent.Formats;

/// <summary>A tensor of an ONNX file, or one made in memory. Its elements are read when they are asked for. Immutable.</summary>
public sealed class OnnxTensor
{
    /// <summary>Its name; may be empty.</summary>
    public string Name { get; }

    /// <summary>What the elements are in the file, under the name that safetensors gives it.</summary>
    public TensorElementType ElementType { get; }

    /// <summary>The length of each axis; empty for a scalar.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>Product of <see cref="Dimensions"/>.</summary>
    public int ElementCount { get; }

    internal OnnxTensor(string name, TensorElementType elementType, IReadOnlyList<int> dimensions)
    {
        Name = name;
        ElementType = elementType;
        Dimensions = dimensions;
        ElementCount = dimensions.Aggregate(1, (product, length) => checked(product * length));
    }

    /// <summary>Makes a tensor of singles. The values are not copied and must not change.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dimensions">The length of each axis.</param>
    /// <param name="values">As many values as the product of the lengths.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">The number of values is wrong.</exception>
    public static OnnxTensor Create(string name, ReadOnlySpan<int> dimensions, ReadOnlyMemory<float> values) =>
        throw new NotImplementedException();

    /// <summary>Makes a tensor of integers (Int64). The values are not copied and must not change.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="dimensions">The length of each axis.</param>
    /// <param name="values">As many values as the product of the lengths.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ArgumentException">The number of values is wrong.</exception>
    public static OnnxTensor Create(string name, ReadOnlySpan<int> dimensions, ReadOnlyMemory<long> values) =>
        throw new NotImplementedException();

    /// <summary>Reads a file that holds one tensor, as those of ONNX's backend tests (<c>input_0.pb</c>).</summary>
    /// <param name="path">Its path.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ModelFormatException">The file holds no tensor, is damaged, or is too large.</exception>
    public static OnnxTensor Open(string path) => throw new NotImplementedException();

    /// <summary>Takes the contents of a file that holds one tensor.</summary>
    /// <param name="bytes">The whole file. It is not copied and must not change.</param>
    /// <returns>The tensor.</returns>
    /// <exception cref="ModelFormatException">The bytes hold no tensor, or a damaged one.</exception>
    public static OnnxTensor Parse(ReadOnlyMemory<byte> bytes) => throw new NotImplementedException();

    /// <summary>The elements as singles, converted from any type but 64-bit integers.</summary>
    /// <returns>A new array, in row-major order.</returns>
    /// <exception cref="ModelFormatException">The elements are no numbers that a single can hold.</exception>
    public float[] ToSingles() => throw new NotImplementedException();

    /// <summary>The elements as integers.</summary>
    /// <returns>A new array, in row-major order.</returns>
    /// <exception cref="ModelFormatException">The elements are no integers.</exception>
    public long[] ToIntegers() => throw new NotImplementedException();
}
