namespace Recurrent.Cli.Verify;

/// <summary>A case that has not been read yet.</summary>
internal interface IVerificationCase
{
    /// <summary>What it is called; unique in its set.</summary>
    string Id { get; }

    /// <summary>What its model is read from, for people: a file or a folder, which it may have in common with others.</summary>
    string Source => Id;

    /// <summary>Reads it.</summary>
    /// <exception cref="Exception">
    /// One that <see cref="Commands.ExitCode.IsUnusable"/> knows: the case cannot be used and has failed on every path.
    /// </exception>
    ILoadedCase Load();
}
