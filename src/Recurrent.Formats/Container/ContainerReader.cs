using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.Container;

/// <summary>Reads model files of this library.</summary>
internal static class ContainerReader
{
    public const string Format = "Recurrent model";

    private const int LeastTextBytes = 4;

    /// <summary>Reads a file.</summary>
    /// <exception cref="ModelFormatException">It is damaged, or holds what is not known.</exception>
    public static ImportedModel Read(ByteSource source)
    {
        ContainerFile file = ContainerFile.Read(source);
        ModelRecord record = ReadRecord(file);
        (int? sampleRate, Dictionary<string, string> metadata) = ReadMetadata(file);
        IReadOnlyList<string> names = ReadNames(file, record);
        CountedLengths? lengths = ReadLengths(file);
        ModelOptions options = LayerWeights.OptionsOf(record.Layers);
        PackedWeights? packed = PackedSection.Read(file);
        WeightSection.Read(file, file.Get(SectionType.Weights), record.Arrays);
        ModelDefinition definition = record.ToDefinition(options);
        RequireInput(file, lengths, definition);
        return new ImportedModel
        {
            Definition = definition,
            Format = Format,
            Options = options,
            LayerNames = names,
            CountedLengths = lengths,
            SampleRate = sampleRate,
            PackedWeights = packed,
            Metadata = metadata,
        };
    }

    /// <summary>
    /// Reads what a file says of its layers, inputs and outputs, and the formats that it is computed in. Weights stay where they are,
    /// but for vectors that layers copy; whoever loads the file checks them.
    /// </summary>
    /// <exception cref="ModelFormatException">It is damaged, or holds what is not known.</exception>
    public static (ModelDefinition Definition, ModelOptions Formats) ReadShape(string path)
    {
        using FileSource source = FileSource.Open(path);
        ContainerFile file = ContainerFile.Read(source);
        ModelRecord record = ReadRecord(file);
        FileWeights.LeaveIn(path, file, record);
        foreach (LayerRecord layer in record.Layers.Where(layer => layer.Kind is LayerKind.Scale or LayerKind.LayerNormalization))
        {
            foreach (StoredArray array in layer.Directions().SelectMany(direction => direction.Arrays).OfType<StoredArray>())
            {
                array.Values = WeightSection.ReadAlone(file, file.Get(SectionType.Weights), array);
            }
        }

        return (record.ToShape(), LayerWeights.OptionsOf(record.Layers));
    }

    /// <summary>Reads all weights of a file, in its order.</summary>
    /// <exception cref="ModelFormatException">It is damaged, or holds what is not known.</exception>
    public static IReadOnlyList<StoredArray> ReadArrays(ContainerFile file)
    {
        StoredArray[] arrays = [.. ReadRecord(file).Arrays];
        WeightSection.Read(file, file.Get(SectionType.Weights), arrays);
        return arrays;
    }

    private static ModelRecord ReadRecord(ContainerFile file)
    {
        Section weights = file.Get(SectionType.Weights);
        ModelRecord record = ModelRecord.Read(file.Open(file.Get(SectionType.Model)));
        WeightSection.RequirePlaces(weights, [.. record.Arrays]);
        return record;
    }

    private static (int? SampleRate, Dictionary<string, string> Texts) ReadMetadata(ContainerFile file)
    {
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        if (file.Find(SectionType.Metadata) is not { } section)
        {
            return (null, texts);
        }

        SectionReader reader = file.Open(section);
        int rate = reader.ReadInt32();
        ContainerFile.Require(
            rate is >= 0 and <= FileMetadata.MostSampleRate, section.Offset,
            $"a sample rate of 0 to {FileMetadata.MostSampleRate}, found {rate}");
        int count = reader.ReadCount(int.MaxValue, 2 * LeastTextBytes, "texts");
        for (int i = 0; i < count; i++)
        {
            long place = reader.Place;
            string name = reader.ReadText();
            ContainerFile.Require(
                texts.TryAdd(name, reader.ReadText()), place, $"a name of its own, found '{name}' twice");
        }

        reader.RequireEnd();
        return (rate == 0 ? null : rate, texts);
    }

    private static string[] ReadNames(ContainerFile file, ModelRecord record)
    {
        if (file.Find(SectionType.LayerNames) is not { } section)
        {
            return [.. record.Layers.Select((layer, index) => $"{index} ({layer.Kind})")];
        }

        SectionReader reader = file.Open(section);
        int count = reader.ReadCount(int.MaxValue, LeastTextBytes, "names");
        ContainerFile.Require(
            count == record.Layers.Count, section.Offset, $"a name for each of {record.Layers.Count} layers, found {count}");
        string[] names = [.. Enumerable.Range(0, count).Select(_ => reader.ReadText())];
        reader.RequireEnd();
        return names;
    }

    private static CountedLengths? ReadLengths(ContainerFile file)
    {
        if (file.Find(SectionType.CountedLengths) is not { } section)
        {
            return null;
        }

        SectionReader reader = file.Open(section);
        (float missing, int input) = (reader.ReadSingle(), reader.ReadInt32());
        var lengths = new CountedLengths(reader.ReadText(), missing, input);
        reader.RequireEnd();
        return lengths;
    }

    private static void RequireInput(ContainerFile file, CountedLengths? lengths, ModelDefinition definition) =>
        ContainerFile.Require(
            lengths is null || (lengths.ModelInput >= -1 && lengths.ModelInput < definition.Inputs.Count),
            file.Find(SectionType.CountedLengths)?.Offset ?? 0,
            $"lengths that follow from an input of the model, 0 to {definition.Inputs.Count - 1}, or -1; found "
            + $"{lengths?.ModelInput}");
}
