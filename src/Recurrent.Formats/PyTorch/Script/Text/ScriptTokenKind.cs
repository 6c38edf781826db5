namespace Recurrent.Formats.PyTorch.Script.Text;

/// <summary>What a piece of the text is.</summary>
internal enum ScriptTokenKind
{
    /// <summary>A name or a word of the language.</summary>
    Name,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A text in quotes.</summary>
    String,

    /// <summary>An operator or a bracket.</summary>
    Sign,

    /// <summary>The end of a statement.</summary>
    NewLine,

    /// <summary>A block begins.</summary>
    Indent,

    /// <summary>A block ends.</summary>
    Dedent,

    /// <summary>The end of the text.</summary>
    End,
}
