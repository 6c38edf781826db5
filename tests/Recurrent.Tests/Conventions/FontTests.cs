namespace Recurrent.Tests.Conventions;

/// <summary>The font of the plots is somebody else's, and its licence goes where it goes.</summary>
public sealed class FontTests
{
    private const string Folder = "src/Recurrent.Plots/font";

    [Fact]
    public void The_licence_lies_beside_the_font_and_is_packed_into_the_tool()
    {
        string licence = File.ReadAllText(RepositoryTree.PathOf($"{Folder}/LICENSE"));
        string tool = File.ReadAllText(RepositoryTree.PathOf("src/Recurrent.Cli/Recurrent.Cli.csproj"));

        Assert.Contains("Bitstream Vera Fonts Copyright", licence, StringComparison.Ordinal);
        Assert.Contains("Arev Fonts Copyright", licence, StringComparison.Ordinal);
        Assert.Contains("../Recurrent.Plots/font/LICENSE;", tool, StringComparison.Ordinal);
    }

    [Fact]
    public void The_font_is_small_enough_to_be_in_an_assembly() =>
        Assert.InRange(new FileInfo(RepositoryTree.PathOf($"{Folder}/DejaVuSans.ttf")).Length, 50_000, 350_000);
}
