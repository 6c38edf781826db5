namespace Recurrent.Formats;

/// <summary>What a note of an import is about.</summary>
public enum ImportNoteKind
{
    /// <summary>The file does not say it; an option of the import would.</summary>
    Assumed = 0,

    /// <summary>Several things of the file became one layer, or one became part of another.</summary>
    Folded = 1,

    /// <summary>Something has another name in the file.</summary>
    Renamed = 2,

    /// <summary>The file has it, the model does without.</summary>
    Ignored = 3,
}
