using System.Reflection;

namespace Recurrent.Tests.Conventions;

/// <summary>
/// The public API is a committed text, so that a change of it is seen where it is reviewed. After an intended change:
/// <c>RECURRENT_UPDATE_PUBLIC_API=1 ./build.sh test</c>.
/// </summary>
public sealed class PublicApiTests
{
    private const string UpdateVariable = "RECURRENT_UPDATE_PUBLIC_API";

    [Theory]
    [InlineData("Recurrent")]
    [InlineData("Recurrent.Formats")]
    public void The_public_surface_is_the_committed_one(string assembly)
    {
        string path = RepositoryTree.PathOf($"tests/Recurrent.Tests/PublicApi/{assembly}.txt");
        string current = PublicApiListing.Of(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(path, current);
        }

        Assert.True(File.Exists(path), $"{path} is missing; run the tests once with {UpdateVariable}=1.");
        string[] committed = File.ReadAllText(path).ReplaceLineEndings("\n").Split('\n');
        string[] found = current.Split('\n');
        string[] differences =
        [
            .. committed.Except(found).Select(line => $"- {line.Trim()}"),
            .. found.Except(committed).Select(line => $"+ {line.Trim()}"),
        ];
        Assert.True(
            committed.SequenceEqual(found),
            $"The public API of {assembly} changed; if that is meant, run the tests once with {UpdateVariable}=1:\n{string.Join('\n', differences)}");
    }
}
