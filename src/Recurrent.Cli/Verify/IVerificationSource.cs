using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>
/// A kind of material with known results, such as a folder of golden cases. <see cref="VerificationSources"/> lists
/// them all.
/// </summary>
internal interface IVerificationSource
{
    /// <summary>What people call it, and how it is recognized: <c>golden folder (index.json)</c>.</summary>
    string Kind { get; }

    /// <summary>Whether a path holds such material; looks at names, and at contents no more than it must.</summary>
    /// <param name="path">A file or a folder that exists.</param>
    bool Recognizes(string path);

    /// <summary>Finds the cases of a path that has been recognized. They are read one by one, later.</summary>
    /// <param name="path">A file or a folder.</param>
    /// <param name="options">How model files are to be read.</param>
    /// <exception cref="UnusableInputException">It cannot be said what the cases are, or there are none.</exception>
    VerificationSet Open(string path, ImportOptions options);
}
