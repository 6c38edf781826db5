using Recurrent.Layers;

namespace Recurrent.Formats.Container;

/// <summary>A layer as a file has it: the fields of <c>recurrent_layer_desc</c> of the C interface, in their order.</summary>
internal sealed record LayerRecord
{
    /// <summary>The fewest bytes that one takes.</summary>
    public const int LeastBytes = 23 * sizeof(int);

    private const int MostReads = 1024;
    private const uint HasForward = 1;
    private const uint HasReverse = 2;

    public required LayerKind Kind { get; init; }

    public Direction Direction { get; init; }

    public required int InputSize { get; init; }

    public required int HiddenSize { get; init; }

    public int ProjectionSize { get; init; }

    public GateCoupling GateCoupling { get; init; }

    public OutputPeephole OutputPeephole { get; init; }

    public float Clip { get; init; }

    public int ResidualSpan { get; init; }

    public int First { get; init; }

    public int Steps { get; init; }

    public int KernelSize { get; init; }

    public int Stride { get; init; }

    public int Dilation { get; init; }

    public int Groups { get; init; }

    public int PadBefore { get; init; }

    public int PadAfter { get; init; }

    public int CountsPadding { get; init; }

    public float Epsilon { get; init; }

    public int InputWeightFormat { get; init; }

    public int RecurrentWeightFormat { get; init; }

    /// <summary>The values that it reads; empty for the one before.</summary>
    public IReadOnlyList<int> Reads { get; init; } = [];

    public DirectionRecord? Forward { get; init; }

    public DirectionRecord? Reverse { get; init; }

    public static LayerRecord Read(SectionReader reader) => new()
    {
        // In the order of the file.
        Kind = (LayerKind)reader.ReadInt32(),
        Direction = (Direction)reader.ReadInt32(),
        InputSize = reader.ReadInt32(),
        HiddenSize = reader.ReadInt32(),
        ProjectionSize = reader.ReadInt32(),
        GateCoupling = (GateCoupling)reader.ReadInt32(),
        OutputPeephole = (OutputPeephole)reader.ReadInt32(),
        Clip = reader.ReadSingle(),
        ResidualSpan = reader.ReadInt32(),
        First = reader.ReadInt32(),
        Steps = reader.ReadInt32(),
        KernelSize = reader.ReadInt32(),
        Stride = reader.ReadInt32(),
        Dilation = reader.ReadInt32(),
        Groups = reader.ReadInt32(),
        PadBefore = reader.ReadInt32(),
        PadAfter = reader.ReadInt32(),
        CountsPadding = reader.ReadInt32(),
        Epsilon = reader.ReadSingle(),
        InputWeightFormat = reader.ReadInt32(),
        RecurrentWeightFormat = reader.ReadInt32(),
        Reads = [.. Enumerable.Range(0, reader.ReadCount(MostReads, sizeof(int), "values that a layer reads")).Select(_ => reader.ReadInt32())],
    };

    /// <summary>The same with the weights that follow in the file.</summary>
    public LayerRecord ReadDirections(SectionReader reader)
    {
        long place = reader.Place;
        uint directions = reader.ReadUInt32();
        ContainerFile.Require(
            directions <= (HasForward | HasReverse), place, $"directions of a layer from 0 to 3, found {directions}");
        return this with
        {
            Forward = (directions & HasForward) == 0 ? null : DirectionRecord.Read(reader),
            Reverse = (directions & HasReverse) == 0 ? null : DirectionRecord.Read(reader),
        };
    }

    public void Write(SectionWriter writer)
    {
        writer.Write((int)Kind);
        writer.Write((int)Direction);
        writer.Write(InputSize);
        writer.Write(HiddenSize);
        writer.Write(ProjectionSize);
        writer.Write((int)GateCoupling);
        writer.Write((int)OutputPeephole);
        writer.Write(Clip);
        writer.Write(ResidualSpan);
        writer.Write(First);
        writer.Write(Steps);
        writer.Write(KernelSize);
        writer.Write(Stride);
        writer.Write(Dilation);
        writer.Write(Groups);
        writer.Write(PadBefore);
        writer.Write(PadAfter);
        writer.Write(CountsPadding);
        writer.Write(Epsilon);
        writer.Write(InputWeightFormat);
        writer.Write(RecurrentWeightFormat);
        writer.Write(Reads.Count);
        foreach (int value in Reads)
        {
            writer.Write(value);
        }

        writer.Write((Forward is null ? 0 : HasForward) | (Reverse is null ? 0 : HasReverse));
        Forward?.Write(writer);
        Reverse?.Write(writer);
    }

    public IEnumerable<DirectionRecord> Directions()
    {
        if (Forward is not null)
        {
            yield return Forward;
        }

        if (Reverse is not null)
        {
            yield return Reverse;
        }
    }
}
