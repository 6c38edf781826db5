using System.Reflection;
using System.Runtime.Loader;
using System.Runtime.Versioning;

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
    [InlineData("Recurrent.Redis")]
    [InlineData("Recurrent.PostgreSql")]
    public void The_public_surface_is_the_committed_one(string assembly)
    {
        string path = RepositoryTree.PathOf($"tests/Recurrent.Tests/PublicApi/{assembly}.txt");
        string current = PublicApiListing.Of(Assembly.Load(assembly));
        if (Environment.GetEnvironmentVariable(UpdateVariable) == "1")
        {
            File.WriteAllText(path, current);
        }

        Assert.True(File.Exists(path), $"{path} is missing; run the tests once with {UpdateVariable}=1.");
        AssertSame(File.ReadAllText(path).ReplaceLineEndings("\n"), current, assembly);
    }

    [Theory]
    [InlineData("Recurrent")]
    [InlineData("Recurrent.Formats")]
    [InlineData("Recurrent.Redis")]
    [InlineData("Recurrent.PostgreSql")]
    public void The_public_surface_is_the_same_on_the_older_net(string assembly)
    {
        // The build of a test takes the assemblies of the newest .NET alone; that of the solution makes those of the older one too.
        string configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        string older = Path.GetFullPath(
            Path.Combine(AppContext.BaseDirectory, "..", "..", assembly, $"{configuration}_net8.0", $"{assembly}.dll"));
        if (!File.Exists(older))
        {
            Assert.Skip($"{older} has not been built: build Recurrent.sln");
        }

        AssemblyLoadContext context = new("net8.0", isCollectible: true);
        try
        {
            Assembly found = context.LoadFromAssemblyPath(older);
            Assert.StartsWith(".NETCoreApp,Version=v8.", found.GetCustomAttribute<TargetFrameworkAttribute>()?.FrameworkName);
            AssertSame(PublicApiListing.Of(Assembly.Load(assembly)), PublicApiListing.Of(found), $"{assembly} for net8.0");
        }
        finally
        {
            context.Unload();
        }
    }

    private static void AssertSame(string expected, string current, string assembly)
    {
        string[] committed = expected.Split('\n');
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
