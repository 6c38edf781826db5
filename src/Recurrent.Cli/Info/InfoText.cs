using System.Globalization;
using System.Runtime.InteropServices;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Display;
using Spectre.Console;

namespace Recurrent.Cli.Info;

/// <summary>What <c>recurrent info</c> found, for people.</summary>
internal static class InfoText
{
    public static void Write(InfoReport report, TextWriter output)
    {
        WriteMachine(output);
        if (report.Products.Count > 0)
        {
            WriteProducts(report.Products, output);
        }

        if (report.Plans.Count == 1)
        {
            PlanText.WriteWays(report.Plans[0], output);
        }
        else if (report.Plans.Count > 1)
        {
            PlanText.WriteChoices(report.Plans, output);
        }
    }

    private static void WriteMachine(TextWriter output)
    {
        string sets = string.Join(", ", Machine.InstructionSets.Select(Candidate.NameOf));
        var facts = new Facts();
        facts.Add("version", $"{InfoReport.Version}, native library {Machine.LibraryVersion}");
        facts.Add("runtime", $"{RuntimeInformation.FrameworkDescription} on {RuntimeInformation.RuntimeIdentifier}");
        facts.Add("processor", $"{Machine.Processor}, {Machine.Processors} logical processors");
        facts.Add("instruction sets", $"{sets}; in use: {Candidate.NameOf(Machine.InstructionSet)}");
        facts.Add("level 1 data cache", Size(Machine.L1DataBytes));
        facts.Add("level 2 cache", Size(Machine.L2Bytes));
        facts.Add("last level cache", Size(Machine.L3Bytes));
        facts.Add("Intel MKL", Machine.Mkl);
        facts.Write(output);
    }

    private static void WriteProducts(IReadOnlyList<ProductChoice> choices, TextWriter output)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns(
            "set", "input", "hidden", "built-in us", "GFLOP/s", "MKL us", "GFLOP/s", "Auto");
        foreach (ProductChoice choice in choices)
        {
            table.AddRow(
                Candidate.NameOf(choice.InstructionSet),
                choice.InputSize.ToString(CultureInfo.InvariantCulture),
                choice.HiddenSize.ToString(CultureInfo.InvariantCulture),
                Measured(choice.Info.BuiltInMicroseconds),
                Measured(choice.GigaFlops(choice.Info.BuiltInMicroseconds)),
                Measured(choice.Info.MklMicroseconds),
                Measured(choice.GigaFlops(choice.Info.MklMicroseconds)),
                choice.Info.Provider == GemmProvider.Mkl ? "MKL" : "built-in");
        }

        Tables.Write(table, output);
        int rows = choices.Max(choice => choice.Info.Rows);
        output.WriteText(
            rows > 0
                ? $"Measured now, on {rows} rows with the input weights of an LSTM; the best of a few. Auto is what "
                    + "GemmProvider.Auto takes."
                : "Nothing was measured, because there is no Intel MKL to choose.");

        static string Measured(double value) => value > 0 ? Numbers.Short(value) : "-";
    }

    private static string Size(long bytes) =>
        bytes == 0 ? "unknown" : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KiB");
}
