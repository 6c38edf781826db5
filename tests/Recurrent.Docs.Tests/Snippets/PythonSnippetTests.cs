using System.Text.RegularExpressions;
using Recurrent.Docs.Tests.Pages;

namespace Recurrent.Docs.Tests.Snippets;

/// <summary>Every snippet of Python in the documents; it is run where the modules that it imports are installed.</summary>
public sealed partial class PythonSnippetTests(SampleFolder folder) : IClassFixture<SampleFolder>
{
    private static IEnumerable<CodePart> Blocks => Page.All.SelectMany(page => page.Blocks)
        .Where(block => block.Language == "python");

    public static TheoryData<string> Names => [.. Blocks.Select(block => block.Name)];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public void A_snippet_is_Python_and_runs_where_its_modules_are(string name)
    {
        CodePart block = Blocks.Single(candidate => candidate.Name == name);
        string python = Programs.Require("python3");
        string source = Path.Combine(folder.Folder, "snippet.py");
        File.WriteAllText(source, $"{block.Given}\n{block.Text}\n");
        (int status, string output) = folder.Run(python, "-m", "py_compile", source);
        Assert.True(status == 0, output);

        foreach (string module in Imports().Matches(block.Text).SelectMany(match => match.Groups[1].Value.Split(',')))
        {
            Assert.SkipWhen(
                folder.Run(python, "-c", $"import {module.Trim()}").ExitCode != 0,
                $"compiled, not run: Python's {module.Trim()} is not installed");
        }

        Assert.SkipWhen(block.NotRun is not null, $"compiled, not run: {block.NotRun}");
        (status, output) = folder.Run(python, source);
        Assert.True(status == 0, output);
    }

    [GeneratedRegex(@"^\s*(?:import|from) ([\w., ]+?)(?: import .*)?$", RegexOptions.Multiline)]
    private static partial Regex Imports();
}
