namespace Recurrent.Docs.Tests;

/// <summary>Programs of the machine that some snippets need.</summary>
internal static class Programs
{
    /// <summary>Skips the test, by the program's name, where it is not installed.</summary>
    public static string Require(params string[] names)
    {
        string? found = names.FirstOrDefault(name => (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, name))));
        Assert.SkipWhen(found is null, $"{names[0]} is not installed");
        return found!;
    }
}
