namespace Recurrent.Tests.Conventions;

/// <summary>A rule over many files: all that break it are shown, in full.</summary>
internal static class Violations
{
    public static void AssertNone(IEnumerable<string> violations)
    {
        string[] found = [.. violations];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }
}
