namespace Recurrent.Layers;

/// <summary>Order of the axes of a sequence, from the slowest to the fastest.</summary>
public enum SequenceLayout
{
    /// <summary><c>[time, batch, features]</c>.</summary>
    TimeMajor = 0,

    /// <summary><c>[batch, time, features]</c>.</summary>
    BatchMajor = 1,
}
