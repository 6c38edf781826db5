using Recurrent.Files;

namespace Recurrent.Formats.Container;

/// <summary>Lays a model out as a file, and writes it.</summary>
internal sealed class ContainerWriter
{
    private readonly StoredArray[] _arrays;
    private readonly List<(SectionType Type, bool IsRequired, ReadOnlyMemory<byte> Bytes)> _sections = [];
    private readonly long _weightBytes;

    /// <exception cref="ArgumentException">A text or a name cannot be written, or a layer not have a format.</exception>
    public ContainerWriter(ImportedModel model)
    {
        ModelRecord record = ModelRecord.Of(model.Definition, model.Options);
        _arrays = [.. record.Arrays];
        _weightBytes = WeightSection.Place(_arrays);
        Add(SectionType.Model, isRequired: true, record.Write);
        _sections.Add((SectionType.Weights, true, default));
        if (model.SampleRate is not null || model.Metadata.Count > 0)
        {
            Add(SectionType.Metadata, isRequired: false, writer => WriteMetadata(writer, model));
        }

        Add(SectionType.LayerNames, isRequired: false, writer => WriteNames(writer, model));
        if (model.CountedLengths is { } lengths)
        {
            Add(SectionType.CountedLengths, isRequired: false, writer =>
            {
                writer.Write(lengths.Missing);
                writer.Write(lengths.ModelInput);
                writer.Write(lengths.Input);
            });
        }
    }

    public void WriteTo(Stream stream)
    {
        Section[] table = Table();
        var entries = new SectionWriter();
        foreach (Section section in table)
        {
            entries.Write((uint)section.Type);
            entries.Write(section.IsRequired ? 1 : 0);
            entries.Write(section.Offset);
            entries.Write(section.Length);
            entries.Write(section.Checksum);
            entries.Write(0);
        }

        Section last = table[^1];
        stream.Write(ContainerFile.WriteHeader(table.Length, last.Offset + last.Length, Crc32C.Of(entries.Bytes.Span)));
        stream.Write(entries.Bytes.Span);
        long end = ContainerFile.HeaderBytes + entries.Bytes.Length;
        for (int i = 0; i < table.Length; i++)
        {
            stream.Write(new byte[table[i].Offset - end]);
            if (table[i].Type == SectionType.Weights)
            {
                WeightSection.Emit(_arrays, stream.Write);
            }
            else
            {
                stream.Write(_sections[i].Bytes.Span);
            }

            end = table[i].Offset + table[i].Length;
        }
    }

    private static void WriteMetadata(SectionWriter writer, ImportedModel model)
    {
        writer.Write(model.SampleRate ?? 0);
        writer.Write(model.Metadata.Count);
        foreach ((string name, string text) in model.Metadata.OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            writer.Write(name);
            writer.Write(text);
        }
    }

    private static void WriteNames(SectionWriter writer, ImportedModel model)
    {
        writer.Write(model.LayerNames.Count);
        foreach (string name in model.LayerNames)
        {
            writer.Write(name);
        }
    }

    private void Add(SectionType type, bool isRequired, Action<SectionWriter> write)
    {
        var writer = new SectionWriter();
        write(writer);
        _sections.Add((type, isRequired, writer.Bytes));
    }

    private Section[] Table()
    {
        var table = new Section[_sections.Count];
        long end = ContainerFile.HeaderBytes + (ContainerFile.EntryBytes * (long)table.Length);
        for (int i = 0; i < table.Length; i++)
        {
            (SectionType type, bool isRequired, ReadOnlyMemory<byte> bytes) = _sections[i];
            bool isWeights = type == SectionType.Weights;
            long length = isWeights ? _weightBytes : bytes.Length;
            uint checksum = isWeights ? ChecksumOfWeights() : Crc32C.Of(bytes.Span);
            table[i] = new Section(type, isRequired, ContainerFile.Align(end), length, checksum);
            end = table[i].Offset + length;
        }

        return table;
    }

    private uint ChecksumOfWeights()
    {
        uint checksum = 0;
        WeightSection.Emit(_arrays, bytes => checksum = Crc32C.Append(checksum, bytes));
        return checksum;
    }
}
