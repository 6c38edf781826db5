namespace Recurrent;

/// <summary>What is done with the packed weights of a model file, where the library would pack them in the same way.</summary>
public enum PackedLoading
{
    /// <summary>They are copied into memory.</summary>
    Copy = 0,

    /// <summary>
    /// The file is mapped into memory for as long as the model or a session of it lives. It may be renamed, replaced or deleted
    /// meanwhile, but not written to or cut.
    /// </summary>
    Map = 1,

    /// <summary>Weights are packed anew.</summary>
    Ignore = 2,
}
