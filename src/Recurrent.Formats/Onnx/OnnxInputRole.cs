namespace Recurrent.Formats;

/// <summary>What an input of an ONNX graph is to the model.</summary>
public enum OnnxInputRole
{
    /// <summary>The sequences that the model reads.</summary>
    Sequence = 0,

    /// <summary>The sequences of indices that a model with an embedding reads.</summary>
    Indices = 1,

    /// <summary>The valid steps of each row.</summary>
    Lengths = 2,

    /// <summary>The hidden states that layers start from.</summary>
    InitialHidden = 3,

    /// <summary>The cell states that layers start from.</summary>
    InitialCell = 4,

    /// <summary>Nothing that has an effect on an output.</summary>
    Unused = 5,

    /// <summary>Hidden and cell states that layers start from, in one tensor: <see cref="OnnxState.Kind"/> says which.</summary>
    InitialStates = 6,

    /// <summary>Which steps of each row count, 1 or 0: their number is the row's length.</summary>
    Mask = 7,
}
