namespace Recurrent;

/// <summary>How much of a state's fingerprints has to be that of the model that takes it.</summary>
public enum StateMatch
{
    /// <summary>All of them: the stream goes on with the bits that it would have had.</summary>
    Model,

    /// <summary>
    /// Only the layout, as where a model has been trained further: the state fits, and what follows is of the other weights.
    /// </summary>
    Layout,
}
