namespace Recurrent;

/// <summary>How a call is divided between a session's threads. All ways give the same bits.</summary>
public enum ThreadingStrategy
{
    /// <summary>The caller's thread does everything and wakes nobody.</summary>
    Alone = 0,

    /// <summary>Every thread computes some of the hidden units of every layer; they meet at every step.</summary>
    Units = 1,

    /// <summary>Every thread computes some of the batch rows.</summary>
    Rows = 2,

    /// <summary>Two threads compute the two directions of bidirectional layers side by side.</summary>
    Directions = 3,

    /// <summary>Every thread computes some of the layers; blocks of steps go from one to the next.</summary>
    Layers = 4,
}
