using Recurrent.Layers;

namespace Recurrent.Formats.Container;

/// <summary>The activations and weights of a direction of a layer as a file has them.</summary>
internal sealed class DirectionRecord
{
    /// <summary>Weights that a direction may have, in the order of <see cref="WeightField"/>.</summary>
    public const int FieldCount = 8;

    public Activation Gate { get; init; }

    public Activation Candidate { get; init; }

    public Activation Output { get; init; }

    /// <summary>The weights by field; null for those that are not there.</summary>
    public StoredArray?[] Arrays { get; } = new StoredArray?[FieldCount];

    public static DirectionRecord Read(SectionReader reader)
    {
        var record = new DirectionRecord
        {
            Gate = ReadActivation(reader),
            Candidate = ReadActivation(reader),
            Output = ReadActivation(reader),
        };
        long place = reader.Place;
        uint present = reader.ReadUInt32();
        ContainerFile.Require(
            present >> FieldCount == 0, place,
            $"the weights of a direction as a number below {1 << FieldCount}, found {present}");
        for (int field = 0; field < FieldCount; field++)
        {
            record.Arrays[field] = (present >> field & 1) == 0 ? null : StoredArray.Read(reader);
        }

        return record;
    }

    public void Write(SectionWriter writer)
    {
        Write(writer, Gate);
        Write(writer, Candidate);
        Write(writer, Output);
        uint present = 0;
        for (int field = 0; field < FieldCount; field++)
        {
            present |= Arrays[field] is null ? 0 : 1u << field;
        }

        writer.Write(present);
        foreach (StoredArray? array in Arrays)
        {
            array?.Write(writer);
        }
    }

    /// <summary>The values of some weights, which have been read; empty if there are none.</summary>
    public ReadOnlyMemory<float> Values(WeightField field) => Arrays[(int)field]?.Values ?? ReadOnlyMemory<float>.Empty;

    /// <summary>Those that the layer does not use are checked as well, as the native library does.</summary>
    private static Activation ReadActivation(SectionReader reader)
    {
        long place = reader.Place;
        var read = new Activation((ActivationKind)reader.ReadInt32(), reader.ReadSingle(), reader.ReadSingle());
        bool isInOrder = read.Kind != ActivationKind.Clip || read.Alpha <= read.Beta;
        ContainerFile.Require(
            Enum.IsDefined(read.Kind) && float.IsFinite(read.Alpha) && float.IsFinite(read.Beta) && isInOrder, place,
            $"an activation with finite alpha and beta, those of a clip in order, found {read}");
        return read;
    }

    private static void Write(SectionWriter writer, Activation activation)
    {
        writer.Write((int)activation.Kind);
        writer.Write(activation.Alpha);
        writer.Write(activation.Beta);
    }
}
