using Recurrent.Cli.Verify;

namespace Recurrent.Cli.Tests.Verify;

/// <summary><c>recurrent verify</c> on layers around recurrent ones: as exporters write them, and as this library does.</summary>
public sealed class LayerCaseTests
{
    public static TheoryData<string, string> Paths => new MatrixTheoryData<string, string>(
        ["onnx-layers", "onnx-layers-written"], VerifyPaths.Choices.Where(path => path != VerifyPaths.All));

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_case_passes(string folder, string path)
    {
        string cases = GoldenFiles.PathOf(folder);
        int count = Directory.GetDirectories(cases).Length * (path == VerifyPaths.Reference ? 2 : 1);

        CommandRun run = CommandRun.Of("verify", cases, "--isa", path);

        Assert.SkipWhen(run.Output.StartsWith($"skipped {path}:", StringComparison.Ordinal), run.Output);
        Assert.Equal((0, $"{count} passed, 0 failed"), (run.ExitCode, run.LastLine));
    }
}
