namespace Recurrent.Formats.Hdf5;

/// <summary>How text is kept.</summary>
internal enum Hdf5Text
{
    /// <summary>It is none.</summary>
    None,

    /// <summary>In so many bytes.</summary>
    Fixed,

    /// <summary>Somewhere else, in as many bytes as it has.</summary>
    Variable,
}
