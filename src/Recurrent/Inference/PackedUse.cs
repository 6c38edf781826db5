namespace Recurrent;

/// <summary>What became of the packed weights of a model file.</summary>
public enum PackedUse
{
    /// <summary>There were none, or the model was not loaded from a file.</summary>
    None = 0,

    /// <summary>They were copied.</summary>
    Copied = 1,

    /// <summary>They are where they are in the file.</summary>
    Mapped = 2,

    /// <summary>Weights were packed anew; <see cref="RecurrentModel.PackedReason"/> says why.</summary>
    Ignored = 3,
}
