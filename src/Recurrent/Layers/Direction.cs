namespace Recurrent.Layers;

/// <summary>Which way a recurrent layer reads its sequence.</summary>
public enum Direction
{
    /// <summary>From the first step to the last.</summary>
    Forward = 0,

    /// <summary>From the last valid step to the first. Needs whole sequences.</summary>
    Reverse = 1,

    /// <summary>Both; the outputs of a step are concatenated, forward first. Needs whole sequences.</summary>
    Bidirectional = 2,
}
