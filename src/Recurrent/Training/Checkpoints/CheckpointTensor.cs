namespace Recurrent.Training;

/// <summary>Numbers of a checkpoint, as the bytes of the file have them.</summary>
internal sealed record CheckpointTensor(string Type, IReadOnlyList<long> Shape, ReadOnlyMemory<byte> Bytes)
{
    public static string TypeOf<T>() =>
        typeof(T) == typeof(float) ? "F32"
        : typeof(T) == typeof(double) ? "F64"
        : typeof(T) == typeof(long) ? "I64"
        : throw new NotSupportedException($"A checkpoint holds float, double and long, not {typeof(T)}.");

    public static int SizeOf(string type) => type switch
    {
        "F32" => sizeof(float),
        "F64" or "I64" => sizeof(double),
        _ => 0,
    };
}
