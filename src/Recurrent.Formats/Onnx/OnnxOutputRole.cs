namespace Recurrent.Formats;

/// <summary>What an output of an ONNX graph is to the model.</summary>
public enum OnnxOutputRole
{
    /// <summary>What the model puts out at every step.</summary>
    Sequence = 0,

    /// <summary>
    /// The one step that the model puts out for a sequence, with <see cref="Layers.ModelOutput.LastStep"/> or
    /// <see cref="Layers.ModelOutput.FinalState"/>.
    /// </summary>
    LastStep = 1,

    /// <summary>Hidden states of layers after the sequence.</summary>
    FinalHidden = 2,

    /// <summary>Cell states of layers after the sequence.</summary>
    FinalCell = 3,

    /// <summary>Hidden and cell states of layers after the sequence, in one tensor.</summary>
    FinalStates = 4,
}
