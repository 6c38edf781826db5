namespace Recurrent.Cli.Tests.Verify;

/// <summary><c>recurrent verify</c> on model files with recordings: RTNeural's folders, and <c>.io.safetensors</c>.</summary>
public sealed class RecordedModelTests
{
    [Fact]
    public void The_recurrent_pairs_of_RTNeural_pass_on_every_path()
    {
        CommandRun run = CommandRun.Of("verify", GoldenFiles.PathOf("rtneural"));

        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith(" passed, 0 failed", run.LastLine, StringComparison.Ordinal);
        Assert.Contains("bad_lstm, full_model", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_recorded_amplifier_passes_on_every_path()
    {
        CommandRun run = CommandRun.Of("verify", GoldenFiles.PathOf("nam", "BossLSTM-1x16.nam"));

        Assert.Equal(0, run.ExitCode);
        Assert.EndsWith(" passed, 0 failed", run.LastLine, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_recorded_models_is_taken_as_a_whole()
    {
        CommandRun run = CommandRun.Of("verify", GoldenFiles.PathOf("keras"), "--isa", "reference");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("42 passed, 0 failed", run.LastLine);
    }

    [Fact]
    public void A_recording_that_is_not_met_fails()
    {
        using var folder = new TemporaryFolder();
        Copy(folder, "models", "gru_1d.json", "gru_1d.json");
        Copy(folder, "test_data", "gru_1d_x_python.csv", "gru_1d_x_python.csv");
        Copy(folder, "test_data", "lstm_1d_y_python.csv", "gru_1d_y_python.csv");

        CommandRun run = CommandRun.Of("verify", folder.Path, "--isa", "reference");

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("0 passed, 2 failed", run.LastLine);
    }

    [Theory]
    [InlineData("conv1d", "models", "full_model.json")]
    [InlineData("expected shape [1, 64], found [1, 80]", "models", "bad_lstm.json")]
    [InlineData("expected numbers, found '", "test_data", "gru_1d_x_python.csv")]
    public void What_cannot_be_used_has_failed_with_the_reason(string reason, string kind, string source)
    {
        using var folder = new TemporaryFolder();
        Copy(folder, "models", kind == "models" ? source : "gru_1d.json", "a.json");
        Copy(folder, "test_data", "gru_1d_x_python.csv", "a_x_python.csv");
        Copy(folder, "test_data", "gru_1d_y_python.csv", "a_y_python.csv");
        if (kind != "models")
        {
            File.AppendAllText(Path.Combine(folder.Path, "test_data", "a_x_python.csv"), "one\n");
        }

        CommandRun run = CommandRun.Of("verify", folder.Path, "--isa", "reference");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(reason, run.Output, StringComparison.Ordinal);
        Assert.Equal("0 passed, 2 failed", run.LastLine);
    }

    private static void Copy(TemporaryFolder folder, string kind, string source, string name)
    {
        Directory.CreateDirectory(Path.Combine(folder.Path, kind));
        File.Copy(GoldenFiles.PathOf("rtneural", kind, source), Path.Combine(folder.Path, kind, name));
    }
}
