using System.Globalization;
using Recurrent.Cli.Display;
using Spectre.Console;

namespace Recurrent.Cli.Bench;

/// <summary>A report for people.</summary>
internal static class BenchText
{
    public static void Write(BenchReport report, TextWriter output)
    {
        output.WriteMessage(report.Workload.Title);
        output.WriteMessage(Machine.Processor);
        WriteTried(report, output);
        output.WriteLine($"recommended: {report.Recommended.Candidate}");
        output.WriteLine();
        WriteRates(report, output);
        WriteLatencies(report, output);
        output.WriteLine();
        HistogramText.Write(report.Bins, output);
    }

    private static void WriteTried(BenchReport report, TextWriter output)
    {
        double best = report.Tried.Min(result => result.Microseconds);
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns("set", "threads", "us per call", "of the best", "predicted us", "way");
        foreach (CandidateResult result in report.Tried)
        {
            table.AddRow(
                Candidate.NameOf(result.Candidate.InstructionSet),
                result.Candidate.Threads.ToString(CultureInfo.InvariantCulture),
                Numbers.Short(result.Microseconds),
                Numbers.Short(result.Microseconds / best) + "x",
                Numbers.Short(result.Way.PredictedMicroseconds),
                ThreadPlan.Describe(result.Way));
        }

        Tables.Write(table, output);
        output.WriteText("Predictions are those by which a session divides a call; compare them with each other.");
    }

    private static void WriteRates(BenchReport report, TextWriter output)
    {
        var facts = new Facts();
        string bound = string.Join(", ", report.Rates.Reads.Select(
            read => $"{read.Level.Name} {Numbers.Short(read.Bandwidth)}"));
        facts.Add("time per call", $"{Numbers.Short(report.CallMicroseconds)} us (median)");
        facts.Add("time per step", $"{Numbers.Short(report.StepMicroseconds)} us");
        facts.Add("products", $"{Numbers.Short(report.GigaFlops)} GFLOP/s");
        facts.Add("weights read", $"{Numbers.Short(report.WeightBandwidth)} GB/s");
        facts.Add(
            "limit of this machine",
            $"{Numbers.Short(report.LimitMicroseconds)} us: {Numbers.Percent(report.ShareOfLimit)} of it reached");
        facts.Add("measured for it", $"multiply-adds that last {Numbers.Short(report.Rates.GigaFlops)} GFLOP/s");
        facts.Add(string.Empty, $"reads {bound} GB/s");
        facts.Add(
            "weights",
            $"{Numbers.KiB(report.Workload.RawBytes)}, {Numbers.KiB(report.PaddedBytes)} with whole vectors");
        facts.Add(
            string.Empty,
            $"{Numbers.KiB(report.PackedBytes)} packed in {Numbers.Short(report.PackingTime.TotalMicroseconds)} us");
        facts.Write(output);
    }

    private static void WriteLatencies(BenchReport report, TextWriter output)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("us per call", "calls", "empty loop");
        foreach ((string name, double microseconds) in BenchReport.Percentiles(report.Latencies))
        {
            double control = BenchReport.Percentiles(report.Control).First(other => other.Name == name).Microseconds;
            table.AddRow(name, Numbers.Short(microseconds), Numbers.Short(control));
        }

        table.AddRow("samples", Count(report.Latencies), Count(report.Control));
        Tables.Write(table, output);
        output.WriteLine(
            report.Latencies.Block > 1
                ? $"A sample is {report.Latencies.Block} calls together, because one takes less than 1 us."
                : "A sample is one call.");
        output.WriteLine($"The longest sample took {Worst(report.Latencies)};");
        output.WriteLine($"that of the empty loop {Worst(report.Control)}.");
        output.WriteText("The empty loop counts for as long as a call; its tail is the machine's, not the library's.");

        string Worst(LatencyHistogram histogram)
        {
            string length = Numbers.Short(1e-3 * histogram.Maximum * histogram.Block);
            double at = report.WorstAfter(histogram).TotalSeconds;
            return string.Create(CultureInfo.InvariantCulture, $"{length} us, {at:F3} s after the beginning");
        }

        static string Count(LatencyHistogram histogram) => histogram.Count.ToString(CultureInfo.InvariantCulture);
    }
}
