using System.Text.RegularExpressions;
using Recurrent.Cli;

namespace Recurrent.Docs.Tests.Lines;

/// <summary>Every line for a shell in the documents.</summary>
[TestCaseOrderer(typeof(DocumentOrder))]
public sealed partial class LineTests(SampleFolder folder) : IClassFixture<SampleFolder>
{
    /// <summary>The first words that a line may have; a block of anything else is marked as text.</summary>
    private static readonly string[] Known =
        ["recurrent", "./build.sh", ".ci/run", "dotnet", "cmake", "cp", "cc", "valgrind"];

    private const string Configuration = "nuget.config";

    public static TheoryData<string> ToolLines => Lines("recurrent");

    public static TheoryData<string> BuildLines => Lines("./build.sh");

    public static TheoryData<string> DotnetLines => Lines("dotnet");

    [Fact]
    public void Every_line_begins_with_something_that_is_known() => Tree.None(
        ShellLine.All.Where(line => !IsKnown(line.Words[0])).Select(line => $"{line.Name}: {line.Text}"));

    [Theory]
    [MemberData(nameof(ToolLines))]
    public void A_line_of_the_tool_runs(string name)
    {
        ShellLine line = Line(name);
        Assert.SkipWhen(line.NotRun is not null, $"{line.Text}: {line.NotRun}");
        using StringWriter output = new(), error = new();

        int status = CommandLine.Run(line.Words[1..], output, error);

        Assert.True(status == 0, $"{folder.Folder}: {line.Text}: exit code {status}\n{output}{error}");
    }

    [Theory]
    [MemberData(nameof(BuildLines))]
    public void A_line_of_the_build_names_a_target(string name)
    {
        string[] words = [.. Line(name).Words.Skip(1).Where(word => word != "--no-mkl")];
        string usage = File.ReadAllText(Tree.PathOf("build.sh"));

        Assert.True(words.Length == 0 || Targets().Matches(usage).Any(match => match.Groups[1].Value == words[0]), Line(name).Text);
    }

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(DotnetLines))]
    public void A_line_that_installs_runs_where_the_packages_are(string name)
    {
        ShellLine line = Line(name);
        Assert.SkipWhen(line.NotRun is not null, $"{line.Text}: {line.NotRun}");
        Assert.SkipUnless(
            Directory.Exists(Tree.PathOf("artifacts", "packages")), $"{line.Text}: there are no packages, ./build.sh pack makes them");
        if (!File.Exists(Path.Combine(folder.Folder, "app.csproj")))
        {
            // Sources that a line adds belong to this folder, not to the user.
            File.WriteAllText(Path.Combine(folder.Folder, Configuration), "<configuration />");
            folder.Run("dotnet", "new", "console", "--name", "app", "--output", ".", "--no-restore");
            Directory.CreateSymbolicLink(Path.Combine(folder.Folder, "artifacts"), Tree.PathOf("artifacts"));
        }

        IEnumerable<string> words = line.Words[1..].Select(word => word.Replace("$PWD", folder.Folder, StringComparison.Ordinal));
        (int status, string output) = folder.Run(
            line.Words[0], line.Words[1] == "nuget" ? [.. words, "--configfile", Configuration] : [.. words]);

        Assert.True(status == 0, output);
    }

    private static bool IsKnown(string word) => Known.Contains(word) || word.StartsWith("artifacts/", StringComparison.Ordinal)
        || word.Contains('=', StringComparison.Ordinal);

    private static TheoryData<string> Lines(string program) =>
        [.. ShellLine.All.Where(line => line.Words[0] == program).Select(line => line.Name)];

    private static ShellLine Line(string name) => ShellLine.All.Single(line => line.Name == name);

    [GeneratedRegex(@"^target_(\w+)\(\)", RegexOptions.Multiline)]
    private static partial Regex Targets();
}
