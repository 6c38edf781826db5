using System.Globalization;
using Recurrent.Cli.Display;
using Recurrent.Cli.Weights;
using Spectre.Console;

namespace Recurrent.Cli.Verify;

/// <summary>Results for people: failures as they come, a table at the end.</summary>
internal static class VerifyText
{
    public static void WriteFailures(CheckedCase ofCase, TextWriter output)
    {
        if (ofCase.Unreadable is { } reason)
        {
            output.WriteMessage($"FAIL {ofCase.Results[0].Case}: cannot be used: {reason}");
            return;
        }

        foreach (CaseResult result in ofCase.Results)
        {
            if (result.Refusal is { } refusal)
            {
                output.WriteMessage($"FAIL {result.Case} {result.Path}: cannot be used: {refusal}");
            }

            foreach (TensorResult tensor in result.Tensors.Where(tensor => !tensor.Passed))
            {
                output.WriteMessage(string.Create(
                    CultureInfo.InvariantCulture,
                    $"FAIL {result.Case} {result.Path} {tensor.Tensor}: error {tensor.Error:G3}, allowed "
                    + $"{tensor.Allowed:G3}; {tensor.Failure}"));
            }
        }
    }

    public static void WriteSummary(VerifyReport report, TextWriter output)
    {
        foreach (VerificationSet set in report.Sets)
        {
            if (report.Sets.Count > 1)
            {
                output.WriteLine();
                output.WriteMessage($"{set.Path}: {set.Kind}, {Cases(set.Cases.Count)}");
            }

            WriteTable(report.Results.Where(result => ReferenceEquals(result.Set, set)), output);
            foreach (string remark in set.Remarks)
            {
                output.WriteMessage(remark);
            }
        }

        output.WriteText(
            $"Counted once for each case and path: {Cases(report.Cases)} on {report.Paths.Count} paths. "
            + "A case passes if its outputs and final states do; one that cannot be used has failed on every path.");
        if (report.Weights is { } weights)
        {
            output.WriteText(
                $"With weights of {WeightFormatNames.Of(weights)} a case passes if it has the bits of the reference in that format; the errors "
                + "against what was recorded of float32 are shown and do not count.");
        }

        output.WriteLine($"{report.Passed} passed, {report.Failed} failed");
    }

    private static void WriteTable(IEnumerable<CaseResult> results, TextWriter output)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("path", "passed", "failed", "error", "allowed", "closest to its limit");
        foreach (IGrouping<string, CaseResult> path in results.GroupBy(result => result.Path))
        {
            CaseResult? worst = path.Where(result => result.Worst is not null).MaxBy(result => result.Worst!.Weight);
            table.AddRow(
                path.Key,
                path.Count(result => result.Passed).ToString(CultureInfo.InvariantCulture),
                path.Count(result => !result.Passed).ToString(CultureInfo.InvariantCulture),
                worst is null ? "-" : worst.Worst!.Error.ToString("G3", CultureInfo.InvariantCulture),
                worst?.Worst is not { IsJudged: true } judged ? "-" : judged.Allowed.ToString("G3", CultureInfo.InvariantCulture),
                worst is null ? "-" : Tables.Cell($"{worst.Case} {worst.Worst!.Tensor}"));
        }

        Tables.Write(table, output);
    }

    private static string Cases(int count) => count == 1 ? "1 case" : $"{count} cases";
}
