using System.Globalization;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Display;
using Recurrent.Cli.Weights;

namespace Recurrent.Cli.Run;

/// <summary>A run for people.</summary>
internal static class RunText
{
    public static void Write(RunReport report, TextWriter output)
    {
        var facts = new Facts();
        facts.Add("model", $"{report.File}: {report.Imported.Format}");
        if (report.HasNames)
        {
            WriteNames(report, facts);
        }
        else
        {
            facts.Add("input", $"{report.InputFiles[0]}: {Sequences(report)}");
            facts.Add("output", report.OutputFiles[0] ?? "not kept; --output keeps it");
        }

        facts.Add("calls", Calls(report));
        facts.Add("computed in", $"{Duration(report.Result.Microseconds)}, "
            + $"{Numbers.Short(report.Result.Microseconds / report.Request.Input.Time)} us per step{Passes(report)}");
        if (report.Request.Calls > 1)
        {
            facts.Add("per call", $"median {Microseconds(report, 0.5)}, p99 {Microseconds(report, 0.99)}");
            facts.Add("worst call", $"{Microseconds(report, 1)}, number {report.Result.Times.WorstCall}{Budget(report)}");
        }

        if (report.RealTimeFactor is { } factor)
        {
            facts.Add("real-time factor", string.Create(
                CultureInfo.InvariantCulture, $"{factor:G3}: {Numbers.Short(1 / factor)} times as fast as it plays"));
        }

        facts.Write(output);
        foreach (string note in report.Notes)
        {
            output.WriteMessage($"note: {note}");
        }
    }

    private static void WriteNames(RunReport report, Facts facts)
    {
        string title = "inputs";
        foreach ((string file, int i) in report.InputFiles.Select((file, i) => (file, i)))
        {
            facts.Add(title, $"{report.Request.Model.Inputs[i].Name}: {file}");
            title = string.Empty;
        }

        facts.Add(string.Empty, Sequences(report));
        title = "outputs";
        foreach ((string? file, int i) in report.OutputFiles.Select((file, i) => (file, i)))
        {
            string name = report.Request.Model.Outputs[i].Name;
            facts.Add(title, $"{name}: {file ?? $"not kept; --output {name}=FILE keeps it"}");
            title = string.Empty;
        }
    }

    private static string Duration(double microseconds) => microseconds switch
    {
        < 1e3 => $"{Numbers.Short(microseconds)} us",
        < 1e6 => $"{Numbers.Short(1e-3 * microseconds)} ms",
        _ => $"{Numbers.Short(1e-6 * microseconds)} s",
    };

    private static string Passes(RunReport report) =>
        report.Result.Times.Passes == 1 ? string.Empty : $"; median of {report.Result.Times.Passes} runs";

    private static string Sequences(RunReport report)
    {
        int batch = report.Request.Input.Batch;
        string rate = report.SampleRate is { } samples ? $", {samples} Hz" : string.Empty;
        string what = report.Request.Input.AreChannels ? "channel" : "sequence";
        return $"{(batch == 1 ? $"one {what}" : $"{batch} {what}s")} of {report.Request.Input.Time} steps{rate}";
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
        string weights = WeightChoice.IsFloats(report.Request.Formats)
            ? string.Empty
            : $", weights of {WeightChoice.NameOf(report.Request.Formats)}";
        return $"{mode}; {Candidate.NameOf(report.Result.InstructionSet)}, {threads}{weights}";
    }

    private static string Microseconds(RunReport report, double share) =>
        Numbers.Short(1e-3 * report.Result.Times.Calls.Percentile(share)) + " us";

    private static string Budget(RunReport report) => report.CallBudgetMicroseconds is { } budget
        ? $"; its sound plays for {Numbers.Short(budget)} us"
        : string.Empty;
}
