namespace Recurrent.Layers;

/// <summary>A value of a model: an input, or what a layer puts out.</summary>
public sealed record ModelValue
{
    internal ModelValue(int number, ValueKind kind, int size, TimeBase time)
    {
        Number = number;
        Kind = kind;
        Size = size;
        Time = time;
    }

    /// <summary>Its number: the inputs come first, then the layers.</summary>
    public int Number { get; }

    /// <summary>What it is.</summary>
    public ValueKind Kind { get; }

    /// <summary>Features; of indices, how many there are.</summary>
    public int Size { get; }

    /// <summary>How many steps it has.</summary>
    internal TimeBase Time { get; }

    /// <summary>Of a row: whether it is made of a sequence, so that it differs between the pieces of one.</summary>
    internal bool DependsOnSequence { get; init; }
}
