namespace Recurrent.Tests.Shared;

/// <summary>The recorded files of <c>tests/golden</c>, which lie beside the tests once they are built.</summary>
internal static class GoldenFiles
{
    public static string PathOf(params ReadOnlySpan<string> parts) =>
        Path.Combine([AppContext.BaseDirectory, "golden", .. parts]);
}
