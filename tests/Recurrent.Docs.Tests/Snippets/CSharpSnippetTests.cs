using Recurrent.Docs.Tests.Pages;

namespace Recurrent.Docs.Tests.Snippets;

/// <summary>Every snippet of C# in the documents.</summary>
public sealed class CSharpSnippetTests(SampleFolder folder) : IClassFixture<SampleFolder>
{
    private static IEnumerable<CodePart> Blocks => Page.All.SelectMany(page => page.Blocks)
        .Where(block => block.Language == "csharp");

    public static TheoryData<string> Names => [.. Blocks.Select(block => block.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_snippet_compiles_and_runs(string name)
    {
        Assert.True(Directory.Exists(folder.Folder));
        CodePart block = Blocks.Single(candidate => candidate.Name == name);

        SnippetProgram program = SnippetProgram.Compile(block);

        Tree.None(program.Errors);
        Assert.SkipWhen(block.NotRun is not null, $"compiled, not run: {block.NotRun}");
        program.Run();
    }
}
