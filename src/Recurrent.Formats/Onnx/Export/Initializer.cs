using System.Runtime.InteropServices;

namespace Recurrent.Formats.Onnx;

/// <summary>A constant of a graph that is written from where its elements are.</summary>
/// <param name="header">Its name, type and dimensions.</param>
/// <param name="byteCount">Bytes of its elements.</param>
internal abstract class Initializer(TensorProto header, long byteCount)
{
    private const int FloatType = 1;
    private const int Int64Type = 7;

    public TensorProto Header { get; } = header;

    public long ByteCount { get; } = byteCount;

    public static Initializer Of(string name, ReadOnlySpan<long> dimensions, params ReadOnlyMemory<float>[] parts) =>
        new Parts(HeaderOf(name, dimensions, FloatType), parts);

    /// <summary>A matrix that is written with its axes exchanged.</summary>
    public static Initializer Transposed(string name, ReadOnlyMemory<float> matrix, int rows, int columns) =>
        new TransposedMatrix(HeaderOf(name, [columns, rows], FloatType), matrix, rows, columns);

    /// <summary>Matrices behind each other, each of which is written with its axes exchanged.</summary>
    public static Initializer Transposed(string name, ReadOnlyMemory<float> matrices, int count, int rows, int columns) =>
        new TransposedMatrix(HeaderOf(name, [count, columns, rows], FloatType), matrices, rows, columns);

    /// <summary>A list of sizes or axes, or a single index without an axis.</summary>
    public static Initializer Of(string name, bool isScalar, params long[] values) =>
        new Integers(HeaderOf(name, isScalar ? [] : [values.Length], Int64Type), values);

    /// <summary>Writes the elements, little-endian.</summary>
    public abstract void WriteTo(Stream stream);

    private static TensorProto HeaderOf(string name, ReadOnlySpan<long> dimensions, int type)
    {
        var header = new TensorProto { Name = name, DataType = type };
        foreach (long length in dimensions)
        {
            header.Dims.Add(length);
        }

        return header;
    }

    private sealed class Parts(TensorProto header, ReadOnlyMemory<float>[] parts)
        : Initializer(header, parts.Sum(part => (long)part.Length * sizeof(float)))
    {
        public override void WriteTo(Stream stream)
        {
            foreach (ReadOnlyMemory<float> part in parts)
            {
                // A span of more than 2 GB in bytes cannot be had, and the buffer of a stream need not be asked for
                // one.
                const int Chunk = 1 << 20;
                for (int begin = 0; begin < part.Length; begin += Chunk)
                {
                    ReadOnlySpan<float> chunk = part.Span.Slice(begin, Math.Min(Chunk, part.Length - begin));
                    stream.Write(MemoryMarshal.AsBytes(chunk));
                }
            }
        }
    }

    private sealed class TransposedMatrix(TensorProto header, ReadOnlyMemory<float> matrix, int rows, int columns)
        : Initializer(header, (long)matrix.Length * sizeof(float))
    {
        // Several columns at a time: every row of the source is then read in runs, not element by element.
        private const int Together = 16;

        public override void WriteTo(Stream stream)
        {
            float[] lines = new float[Together * rows];
            for (int begin = 0; begin < matrix.Length; begin += rows * columns)
            {
                WriteTo(stream, matrix.Span.Slice(begin, rows * columns), lines);
            }
        }

        private void WriteTo(Stream stream, ReadOnlySpan<float> source, float[] lines)
        {
            for (int column = 0; column < columns; column += Together)
            {
                int count = Math.Min(Together, columns - column);
                for (int row = 0; row < rows; row++)
                {
                    ReadOnlySpan<float> run = source.Slice((row * columns) + column, count);
                    for (int i = 0; i < run.Length; i++)
                    {
                        lines[(i * rows) + row] = run[i];
                    }
                }

                stream.Write(MemoryMarshal.AsBytes(lines.AsSpan(0, count * rows)));
            }
        }
    }

    private sealed class Integers(TensorProto header, long[] values)
        : Initializer(header, (long)values.Length * sizeof(long))
    {
        public override void WriteTo(Stream stream) => stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }
}
