namespace Recurrent.Formats.Container;

/// <summary>Weights, and how they lie in a file.</summary>
internal sealed class StoredArray
{
    public StoredFormat Format { get; set; }

    public long Rows { get; init; }

    public long Columns { get; init; }

    /// <summary>Where they begin in their section.</summary>
    public long Offset { get; set; }

    /// <summary>Where the file says so.</summary>
    public long Place { get; private init; }

    public ReadOnlyMemory<float> Values { get; set; }

    /// <summary>Bytes in the file. Only of a shape that has been checked.</summary>
    public long Bytes => Format switch
    {
        StoredFormat.BFloat16 => sizeof(ushort) * Rows * Columns,
        StoredFormat.Int8 => (sizeof(float) * Rows) + (Rows * Columns),
        _ => sizeof(float) * Rows * Columns,
    };

    public static StoredArray Read(SectionReader reader)
    {
        long place = reader.Place;
        var format = (StoredFormat)reader.ReadInt32();
        ContainerFile.Require(
            Enum.IsDefined(format), place, $"weights of a format from 0 to {(int)StoredFormat.Int8}, found {(int)format}");
        uint reserved = reader.ReadUInt32();
        ContainerFile.Require(reserved == 0, place + sizeof(int), $"0, found {reserved}");

        // What is too large becomes negative, which is no layer's shape.
        return new StoredArray
        {
            Format = format,
            Rows = (long)reader.ReadUInt64(),
            Columns = (long)reader.ReadUInt64(),
            Offset = (long)reader.ReadUInt64(),
            Place = place,
        };
    }

    public void Write(SectionWriter writer)
    {
        writer.Write((int)Format);
        writer.Write(0);
        writer.Write(Rows);
        writer.Write(Columns);
        writer.Write(Offset);
    }
}
