namespace Recurrent.Cli.Run;

/// <summary>How an input is given to a session.</summary>
internal enum RunMode
{
    /// <summary>As a whole, in one call.</summary>
    Whole = 0,

    /// <summary>Step by step.</summary>
    Stream = 1,

    /// <summary>In pieces of several steps.</summary>
    Blocks = 2,
}
