using System.Globalization;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Commands;
using Spectre.Console;

namespace Recurrent.Cli.Run;

/// <summary>A run for people.</summary>
internal static class RunText
{
    public static void Write(RunReport report, TextWriter output)
    {
        Table table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("what", "found");
        AddRow("model", $"{report.File}: {report.Imported.Format}");
        AddRow("input", $"{report.InputFile}: {Sequences(report)}");
        AddRow("output", report.OutputFile ?? "not kept; --output keeps it");
        AddRow("calls", Calls(report));
        AddRow("computed in", $"{Numbers.Short(report.Result.Total.TotalMilliseconds)} ms, "
            + $"{Numbers.Short(report.Result.Total.TotalMicroseconds / report.Request.Input.Time)} us a step");
        if (report.Request.Calls > 1)
        {
            AddRow("a call", $"median {Microseconds(report, 0.5)}, p99 {Microseconds(report, 0.99)}");
            AddRow("worst call", $"{Microseconds(report, 1)}, number {report.Result.WorstCall}{Budget(report)}");
        }

        if (report.RealTimeFactor is { } factor)
        {
            AddRow("real-time factor", string.Create(
                CultureInfo.InvariantCulture, $"{factor:G3}: {Numbers.Short(1 / factor)} times as fast as it plays"));
        }

        Tables.Write(table, output);
        foreach (string note in report.Notes)
        {
            output.WriteLine($"note: {note}");
        }

        void AddRow(string what, string found) => table.AddRow(Markup.Escape(what), Markup.Escape(found));
    }

    private static string Sequences(RunReport report)
    {
        int batch = report.Request.Input.Batch;
        string rate = report.SampleRate is { } samples ? $", {samples} Hz" : string.Empty;
        return $"{(batch == 1 ? "one sequence" : $"{batch} sequences")} of {report.Request.Input.Time} steps{rate}";
    }

    private static string Calls(RunReport report)
    {
        string mode = report.Request.Mode switch
        {
            RunMode.Whole => "1, the whole sequence",
            RunMode.Stream => $"{report.Request.Calls}, step by step",
            _ => $"{report.Request.Calls}, {report.Request.BlockLength} steps each",
        };
        string threads = report.Request.Threads == 1 ? "1 thread" : $"{report.Request.Threads} threads";
        return $"{mode}; {Candidate.NameOf(report.Result.InstructionSet)}, {threads}";
    }

    private static string Microseconds(RunReport report, double share) =>
        Numbers.Short(1e-3 * report.Result.Calls.Percentile(share)) + " us";

    private static string Budget(RunReport report) => report.CallBudgetMicroseconds is { } budget
        ? $"; its sound plays for {Numbers.Short(budget)} us"
        : string.Empty;
}
