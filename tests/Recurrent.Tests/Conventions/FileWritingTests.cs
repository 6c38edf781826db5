using System.Text.RegularExpressions;

namespace Recurrent.Tests.Conventions;

/// <summary>Whatever is written may be wanted by somebody when the disk is full or the process is killed.</summary>
public sealed partial class FileWritingTests
{
    /// <summary>Those who write a file themselves: the helper, and the generator of source files, which uses nothing of the library.</summary>
    private static readonly string[] Writers = ["Recurrent/Files/", "Recurrent.Bindgen/"];

    [Fact]
    public void Files_are_written_by_the_one_helper()
    {
        Violations.AssertNone(
            from file in RepositoryTree.FilesBelow("src", ".cs")
            where !Writers.Any(writer => file.StartsWith(writer, StringComparison.Ordinal))
            from Match match in WritingCall().Matches(File.ReadAllText(RepositoryTree.PathOf($"src/{file}")))
            select $"{file}: {match.Value}; expected AtomicFile");
    }

    [GeneratedRegex(@"(?<!\w)File\.(Write|Append|Create(?!From))\w*|\.(CreateText|AppendText|OpenWrite)\(|FileMode\.(Create\w*|Append|OpenOrCreate|Truncate)|FileAccess\.(Write|ReadWrite)")]
    private static partial Regex WritingCall();
}
