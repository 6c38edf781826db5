using System.Text.Json;

namespace Recurrent.Tests.Conventions;

/// <summary>The tool's package holds other people's packages, and says so.</summary>
public sealed class NoticesTests
{
    // It is a part of the build and is not in the package.
    private static readonly string[] BuildOnly = ["Microsoft.NET.ILLink.Tasks"];

    public static TheoryData<string> Packages => [.. BundledPackages()];

    [Theory]
    [MemberData(nameof(Packages))]
    public void Every_package_that_the_tool_bundles_has_a_line_of_its_own(string package)
    {
        string[] lines = File.ReadAllLines(RepositoryTree.PathOf("THIRD-PARTY-NOTICES.txt"));

        Assert.True(
            lines.Contains(package, StringComparer.Ordinal),
            $"{package} is in src/Recurrent.Cli/packages.lock.json and not in THIRD-PARTY-NOTICES.txt: add its name, "
            + "copyright and licence there.");
    }

    [Fact]
    public void The_notices_are_packed_into_the_tool()
    {
        string project = File.ReadAllText(RepositoryTree.PathOf("src/Recurrent.Cli/Recurrent.Cli.csproj"));

        Assert.Contains("THIRD-PARTY-NOTICES.txt\" Pack=\"true\"", project, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_bundled_is_found() =>
        Assert.Superset(new HashSet<string> { "System.CommandLine", "Google.Protobuf" }, BundledPackages().ToHashSet());

    private static IEnumerable<string> BundledPackages()
    {
        using var document = JsonDocument.Parse(
            File.ReadAllText(RepositoryTree.PathOf("src/Recurrent.Cli/packages.lock.json")));
        return
        [
            .. document.RootElement.GetProperty("dependencies").EnumerateObject()
                .SelectMany(framework => framework.Value.EnumerateObject())
                .Where(package => package.Value.GetProperty("type").GetString() != "Project")
                .Select(package => package.Name)
                .Except(BuildOnly)
                .Distinct(),
        ];
    }
}
