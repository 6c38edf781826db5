using System.Globalization;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Commands;
using Spectre.Console;

namespace Recurrent.Cli.Info;

/// <summary>What the cost model says, for people.</summary>
internal static class PlanText
{
    private const string Explanation =
        "Predicted, not measured; compare the figures with each other. More threads are taken only where they are well "
        + "ahead.";

    /// <summary>Every way to divide one call.</summary>
    public static void WriteWays(ThreadPlan plan, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"{plan.Workload.Title}; {SessionOf(plan)}");
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns("way", "threads", "predicted us", "of alone", "chosen");
        foreach (PlanCandidate way in plan.Ways)
        {
            table.AddRow(
                ThreadPlan.NameOf(way.Strategy),
                way.Threads.ToString(CultureInfo.InvariantCulture),
                Numbers.Short(way.PredictedMicroseconds),
                Numbers.Percent(way.PredictedMicroseconds / plan.Alone.PredictedMicroseconds),
                way.IsChosen ? "chosen" : string.Empty);
        }

        Tables.Write(table, output);
        output.WriteLine(Explanation);
    }

    /// <summary>Several calls, a line each: alone, the best with more threads, and which of the two is taken.</summary>
    public static void WriteChoices(IReadOnlyList<ThreadPlan> plans, TextWriter output)
    {
        output.WriteLine();
        output.WriteLine($"Typical calls; {SessionOf(plans[0])}. Predicted us:");
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns("network", "batch", "time", "alone", "together", "way", "chosen");
        foreach (ThreadPlan plan in plans)
        {
            PlanCandidate? together = plan.BestTogether;
            table.AddRow(
                plan.Workload.Name,
                plan.Workload.Batch.ToString(CultureInfo.InvariantCulture),
                plan.Workload.Time.ToString(CultureInfo.InvariantCulture),
                Numbers.Short(plan.Alone.PredictedMicroseconds),
                together is null ? "-" : Numbers.Short(together.PredictedMicroseconds),
                together is null ? "-" : ThreadPlan.Describe(together),
                ThreadPlan.Describe(plan.Chosen));
        }

        Tables.Write(table, output);
        output.WriteLine(Explanation);
        output.WriteLine("--hidden and the other sizes show every way for one call.");
    }

    private static string SessionOf(ThreadPlan plan)
    {
        string threads = plan.Threads == 1 ? "1 thread" : $"{plan.Threads} threads";
        return $"a session with {threads}, {Candidate.NameOf(plan.InstructionSet)}";
    }
}
