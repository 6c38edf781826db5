using System.Globalization;
using Recurrent.Cli.Commands;
using Spectre.Console;

namespace Recurrent.Cli.Bench;

/// <summary>A report for people.</summary>
internal static class BenchText
{
    public static void Write(BenchReport report, TextWriter output)
    {
        output.WriteLine(report.Workload.Title);
        output.WriteLine(Machine.Processor);
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
            .AddColumns("instruction set", "threads", "us a call", "of the best", "predicted us", "way");
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
        output.WriteLine("Predictions are those by which a session divides a call; compare them with each other.");
    }

    private static void WriteRates(BenchReport report, TextWriter output)
    {
        Table table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("what", "measured");
        string bound = string.Join(", ", report.Rates.Reads.Select(
            read => $"{read.Level.Name} {Numbers.Short(read.Bandwidth)}"));
        AddRow("time of a call", $"{Numbers.Short(report.CallMicroseconds)} us (median)");
        AddRow("time of a step", $"{Numbers.Short(report.StepMicroseconds)} us");
        AddRow("products", $"{Numbers.Short(report.GigaFlops)} GFLOP/s");
        AddRow("weights read", $"{Numbers.Short(report.WeightBandwidth)} GB/s");
        AddRow(
            "limit of this machine",
            $"{Numbers.Short(report.LimitMicroseconds)} us: {Numbers.Percent(report.ShareOfLimit)} of it reached");
        AddRow("measured for it", $"{Numbers.Short(report.Rates.GigaFlops)} GFLOP/s multiply-adds that last, reads {bound} GB/s");
        AddRow(
            "weights",
            $"{Numbers.KiB(report.Workload.RawBytes)}, {Numbers.KiB(report.PaddedBytes)} with whole vectors, "
            + $"{Numbers.KiB(report.PackedBytes)} packed in {Numbers.Short(report.PackingTime.TotalMicroseconds)} us");
        Tables.Write(table, output);

        void AddRow(string what, string measured) => table.AddRow(Markup.Escape(what), Markup.Escape(measured));
    }

    private static void WriteLatencies(BenchReport report, TextWriter output)
    {
        IReadOnlyList<(string Name, double Microseconds)> calls = BenchReport.Percentiles(report.Latencies);
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns(["us a call", .. calls.Select(percentile => percentile.Name), "samples"]);
        AddRow("calls", report.Latencies);
        AddRow("empty loop", report.Control);
        Tables.Write(table, output);
        output.WriteLine(
            report.Latencies.Block > 1
                ? $"A sample is {report.Latencies.Block} calls together, because one takes less than 1 us."
                : "A sample is one call.");
        output.WriteLine(
            $"The longest sample took {Worst(report.Latencies)}; of the empty loop {Worst(report.Control)}.");
        output.WriteLine("The empty loop counts for as long as a call; its tail is the machine's, not the library's.");

        string Worst(LatencyHistogram histogram)
        {
            string length = Numbers.Short(1e-3 * histogram.Maximum * histogram.Block);
            double at = report.WorstAfter(histogram).TotalSeconds;
            return string.Create(CultureInfo.InvariantCulture, $"{length} us, {at:F3} s after the beginning");
        }

        void AddRow(string name, LatencyHistogram histogram) => table.AddRow(
            [
                name,
                .. BenchReport.Percentiles(histogram).Select(percentile => Numbers.Short(percentile.Microseconds)),
                histogram.Count.ToString(CultureInfo.InvariantCulture),
            ]);
    }
}
