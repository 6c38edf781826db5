using System.Text.Json;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Tests.Commands;
using Recurrent.Cli.Tests.Verify;

namespace Recurrent.Cli.Tests.Info;

/// <summary><c>recurrent info --plan</c>: what it prints is what a session says, and nothing else is accepted.</summary>
public sealed class InfoPlanTests
{
    [Theory]
    [InlineData("--hidden: expected only together with --plan", "info", "--hidden", "8")]
    [InlineData("--threads: expected only together with --plan", "info", "--json", "--threads", "2")]
    [InlineData("--hidden: expected the number of hidden units", "info", "--plan", "lstm", "--batch", "4")]
    [InlineData("--hidden: expected a whole number from 1 to 1048576, found '0'", "info", "--plan", "lstm", "--hidden", "0")]
    [InlineData("--threads: expected a whole number from 1 to 256, found '257'", "info", "--plan", "--threads", "257")]
    [InlineData("peephole", "info", "--plan", "peephole")]
    [InlineData("sse2", "info", "--plan", "lstm", "--isa", "sse2")]
    [InlineData("'none.safetensors' does not exist", "info", "--plan", "none.safetensors")]
    public void A_request_that_makes_no_sense_is_refused_with_the_reason(string reason, params string[] arguments)
    {
        CommandRun run = CommandRun.Of(arguments);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Machine.Processor, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_way_is_what_the_session_explains()
    {
        var request = new BenchRequest
        {
            Cell = "gru",
            Hidden = 48,
            Input = 5,
            Layers = 2,
            Bidirectional = true,
            Batch = 6,
            Time = 9,
        };
        using RecurrentModel model = RecurrentModel.Create(
            Workloads.OfSizes(request).Model, new ModelOptions { InstructionSet = InstructionSet.Scalar });
        using Session session = model.OpenSession(new SessionOptions { Batch = 6, Threads = 3 });
        JsonElement plan = Assert.Single(Plans(
            "--plan", "gru", "--hidden", "48", "--input", "5", "--layers", "2", "--bidirectional", "--batch", "6",
            "--time", "9", "--threads", "3", "--isa", "scalar"));
        Assert.Equal("gru, input 5, hidden 48, 2 layers, bidirectional", plan.GetProperty("name").GetString());
        Assert.Equal((6, 9, 3), (Number(plan, "batch"), Number(plan, "time"), Number(plan, "threads")));
        Assert.Equal("scalar", plan.GetProperty("instruction_set").GetString());
        Assert.Equal(
            session.Explain(9),
            plan.GetProperty("ways").EnumerateArray().Select(way => new PlanCandidate(
                Enum.Parse<ThreadingStrategy>(way.GetProperty("strategy").GetString()!, ignoreCase: true),
                Number(way, "threads"),
                way.GetProperty("predicted_us").GetDouble(),
                way.GetProperty("chosen").GetBoolean())));
    }

    [Fact]
    public void A_table_of_one_call_has_a_line_for_every_way()
    {
        CommandRun run = CommandRun.Of(
            "info", "--plan", "lstm", "--hidden", "512", "--batch", "8", "--time", "20", "--threads", "2", "--isa",
            "scalar");
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        Assert.Contains(
            "lstm, input 512, hidden 512; batch 8, 20 steps per call; a session with 2 threads, scalar",
            run.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.All(["alone ", "units ", "rows "], way => Assert.Single(Lines(run), line => Starts(line, way)));
        Assert.Single(
            Lines(run),
            line => line.Contains(" % ", StringComparison.Ordinal)
                && line.TrimEnd().EndsWith(" chosen", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("lstm", "--plan")]
    [InlineData("rnn", "--plan", "rnn")]
    public void Without_sizes_typical_calls_are_shown(string cell, params string[] arguments)
    {
        string[] session = ["--threads", "2"];
        JsonElement[] plans = Plans([.. arguments, .. session]);
        Assert.True(plans.Length > 10);
        Assert.All(plans, plan =>
        {
            Assert.StartsWith(cell + ", input", plan.GetProperty("name").GetString(), StringComparison.Ordinal);
            Assert.Single(plan.GetProperty("ways").EnumerateArray(), way => way.GetProperty("chosen").GetBoolean());
        });
        CommandRun table = CommandRun.Of(["info", .. arguments, .. session]);
        Assert.Equal((0, string.Empty), (table.ExitCode, table.Error));
        Assert.Contains($"Typical calls, {cell}; a session with 2 threads", table.Output, StringComparison.Ordinal);
        Assert.Equal(plans.Length, Lines(table).Count(line => line.EndsWith(", 2", StringComparison.Ordinal)));
        Assert.Equal(plans.Length, Lines(table).Count(line => line.StartsWith(' ')
            && line.Contains(" * ", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_plan_of_a_file_is_that_of_its_model()
    {
        using var files = new CommandFiles();
        JsonElement plan = Assert.Single(Plans("--plan", files.Model("m.safetensors"), "--batch", "2", "--threads", "2"));
        Assert.Equal("m.safetensors: LSTM 5, dense 2", plan.GetProperty("name").GetString());
        Assert.Equal((2, 1, 2), (Number(plan, "batch"), Number(plan, "time"), Number(plan, "threads")));
    }

    [Fact]
    public void One_thread_has_one_way()
    {
        JsonElement plan = Assert.Single(Plans("--plan", "lstm", "--hidden", "8", "--threads", "1"));
        JsonElement way = Assert.Single(plan.GetProperty("ways").EnumerateArray());
        Assert.Equal("alone", way.GetProperty("strategy").GetString());
    }

    [Fact]
    public void Nothing_is_planned_unless_asked_for()
    {
        using JsonDocument document = JsonDocument.Parse(CommandRun.Of("info", "--json").Output);
        Assert.False(document.RootElement.TryGetProperty("plans", out _));
    }

    private static JsonElement[] Plans(params string[] arguments)
    {
        CommandRun run = CommandRun.Of(["info", .. arguments, "--json"]);
        Assert.Equal((0, string.Empty), (run.ExitCode, run.Error));
        using JsonDocument document = JsonDocument.Parse(run.Output);
        return [.. document.RootElement.Clone().GetProperty("plans").EnumerateArray()];
    }

    private static bool Starts(string line, string with) =>
        line.TrimStart().StartsWith(with, StringComparison.Ordinal);

    private static string[] Lines(CommandRun run) => run.Output.Split('\n');

    private static int Number(JsonElement element, string name) => element.GetProperty(name).GetInt32();
}
