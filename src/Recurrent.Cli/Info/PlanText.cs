using System.Globalization;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Display;
using Recurrent.Layers;
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
        output.WriteText($"{plan.Workload.Title}; {SessionOf(plan)}");
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
        output.WriteText(Explanation);
    }

    /// <summary>Several calls, a line each: alone, and the best with more threads; the one that is taken has a star.</summary>
    public static void WriteChoices(IReadOnlyList<ThreadPlan> plans, TextWriter output)
    {
        output.WriteLine();
        string cell = plans[0].Workload.Name.Split(',')[0];
        output.WriteText($"Typical calls, {cell}; {SessionOf(plans[0])}. Predicted us; * is what a session takes:");
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns("units", "batch", "time", "alone", "together", "way, threads");
        foreach (ThreadPlan plan in plans)
        {
            PlanCandidate? together = plan.BestTogether;
            table.AddRow(
                Units(plan.Workload),
                plan.Workload.Batch.ToString(CultureInfo.InvariantCulture),
                plan.Workload.Time.ToString(CultureInfo.InvariantCulture),
                Predicted(plan.Alone),
                together is null ? "-" : Predicted(together),
                together is null ? "-" : $"{ThreadPlan.NameOf(together.Strategy)}, {together.Threads}");
        }

        Tables.Write(table, output);
        output.WriteText(Explanation);
        output.WriteLine("--hidden and the other sizes show every way for one call.");
    }

    private static string Predicted(PlanCandidate way) =>
        Numbers.Short(way.PredictedMicroseconds) + (way.IsChosen ? " *" : string.Empty);

    // As in "256 x 2, bidirectional". Inputs are as many as units in all of them.
    private static string Units(Workload workload)
    {
        var first = (RecurrentLayer)workload.Model.Layers[0];
        string stack = workload.Model.Layers.Count > 1 ? $" x {workload.Model.Layers.Count}" : string.Empty;
        string direction = first.Reverse is null ? string.Empty : ", bidirectional";
        return $"{first.Specification.HiddenSize}{stack}{direction}";
    }

    private static string SessionOf(ThreadPlan plan)
    {
        string threads = plan.Threads == 1 ? "1 thread" : $"{plan.Threads} threads";
        return $"a session with {threads}, {Candidate.NameOf(plan.InstructionSet)}";
    }
}
