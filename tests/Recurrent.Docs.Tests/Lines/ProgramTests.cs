namespace Recurrent.Docs.Tests.Lines;

/// <summary>Programs that the documents name, in small: the sample of many streams, and the bench behind its figures.</summary>
public sealed class ProgramTests(SampleFolder folder) : IClassFixture<SampleFolder>
{
    [Fact]
    public void The_sample_finds_voices()
    {
        string output = Run("Voices", "--streams", "20", "--seconds", "2");
        Assert.Matches(@"\n1\d\d\d? frames of 20 streams, \d+ of them late; voices in \d+ %, right in (7[5-9]|[89]\d|100) %\n?$", output);
        Assert.Matches("second +steps/s +rows/call", output);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("memory")]
    [InlineData("states")]
    public void The_bench_of_many_streams_loses_nothing(string? store)
    {
        string output = Run(
            "Recurrent.Streams",
            ["load", "--hidden", "8", "--streams", "50", "--seconds", "2", "--check", "50", .. store is null ? Array.Empty<string>() : ["--store", store]]);
        Assert.Matches(@"all: [1-9]\d+ steps awaited", output);
        Assert.Matches("; 0 outputs different of [1-9]", output);
        Assert.EndsWith(" 0 steps not in the store", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void The_other_commands_of_the_bench_run()
    {
        Assert.Contains("server over pool", Run("Recurrent.Streams", "overhead", "--hidden", "128", "--streams", "8", "--rounds", "1"), StringComparison.Ordinal);
        Assert.Contains("95 %", Run("Recurrent.Streams", "batching", "--hidden", "8", "--plot", "batching.svg"), StringComparison.Ordinal);
        Assert.Contains("Create, int8", Run("Recurrent.Streams", "fingerprints", "--hidden", "8", "--rounds", "1"), StringComparison.Ordinal);
        Assert.StartsWith("<svg", File.ReadAllText(Path.Combine(folder.Folder, "batching.svg")), StringComparison.Ordinal);
    }

    private string Run(string program, params string[] arguments)
    {
        (int status, string output) = folder.Run(
            "dotnet", ["exec", Tree.PathOf("artifacts", "dotnet", "bin", program, "release", $"{program}.dll"), .. arguments]);
        Assert.True(status == 0, output);
        return output;
    }
}
