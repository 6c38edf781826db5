using Recurrent.Docs.Tests.Pages;

namespace Recurrent.Docs.Tests.Snippets;

/// <summary>Every snippet of C and C++ in the documents.</summary>
public sealed class NativeSnippetTests(SampleFolder folder) : IClassFixture<SampleFolder>
{
    private static IEnumerable<CodePart> Blocks => Page.All.SelectMany(page => page.Blocks)
        .Where(block => block.Language is "c" or "cpp");

    public static TheoryData<string> Names => [.. Blocks.Select(block => block.Name)];

    [Theory(SkipTestWithoutData = true)]
    [MemberData(nameof(Names))]
    public void A_snippet_compiles_and_runs(string name)
    {
        CodePart block = Blocks.Single(candidate => candidate.Name == name);
        bool isC = block.Language == "c";
        string compiler = isC ? Programs.Require("cc", "gcc", "clang") : Programs.Require("c++", "g++", "clang++");
        string library = Tree.PathOf("artifacts", "native", "release");
        string source = Path.Combine(folder.Folder, isC ? "snippet.c" : "snippet.cpp");
        File.WriteAllText(source, $"{block.Given}\n{block.Text}\n");

        (int status, string output) = folder.Run(
            compiler, isC ? "-std=c99" : "-std=c++20", "-Wall", "-Wextra", "-Werror", source, "-o", "snippet",
            "-I", Tree.PathOf("native", "include"), "-L", library, "-lrecurrent", "-lm", $"-Wl,-rpath,{library}");
        Assert.True(status == 0, output);

        Assert.SkipWhen(block.NotRun is not null, $"compiled, not run: {block.NotRun}");
        (status, output) = folder.Run(Path.Combine(folder.Folder, "snippet"));
        Assert.True(status == 0, output);
    }
}
