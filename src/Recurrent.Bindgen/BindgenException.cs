using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen;

/// <summary>The run cannot go on, for a reason that whoever started it can mend; the message is for them.</summary>
internal sealed class BindgenException : Exception
{
    public BindgenException(string message)
        : base(message)
    {
    }

    public BindgenException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>All that is wrong with a header, one line each.</summary>
    public BindgenException(IEnumerable<HeaderProblem> problems)
        : base(string.Join('\n', problems))
    {
    }
}

/// <summary>Something wrong with the header, put as compilers put it, so that editors can jump to it.</summary>
/// <param name="Location">Where.</param>
/// <param name="Message">What.</param>
internal sealed record HeaderProblem(SourceLocation Location, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Location.File}:{Location.Line}: error: {Message}";
}
