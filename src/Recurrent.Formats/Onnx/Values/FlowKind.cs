namespace Recurrent.Formats.Onnx;

/// <summary>Which values of a layer flow.</summary>
internal enum FlowKind
{
    /// <summary>The values of every step.</summary>
    Sequence,

    /// <summary>The value of the last step.</summary>
    LastStep,

    /// <summary>What layers made of final hidden states.</summary>
    FinalState,

    /// <summary>Final hidden states.</summary>
    Hidden,

    /// <summary>Final cell states.</summary>
    Cell,

    /// <summary>Final hidden and cell states in one tensor.</summary>
    States,
}
