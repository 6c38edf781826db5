using System.CommandLine;
using System.Globalization;
using Recurrent.Cli.Verify;
using Spectre.Console;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent verify</c>: golden cases through every instruction set and the managed reference.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var directory = new Argument<DirectoryInfo>("DIR")
        {
            Description = "A golden folder: index.json and a safetensors file for each case.",
        };
        var isa = new Option<string>("--isa")
        {
            Description = "What to run. 'reference' is the managed reference in float, and in double as 'oracle'; 'all' "
                + "is that and every instruction set of this machine.",
            DefaultValueFactory = _ => VerifyPaths.All,
        };
        isa.AcceptOnlyFromAmong(VerifyPaths.Choices);
        var json = new Option<FileInfo>("--json")
        {
            Description = "Also write every result, tensor by tensor, to this file.",
            HelpName = "FILE",
        };
        var command = new Command(
            "verify",
            "Computes the cases of a golden folder forward and compares with the recorded float64 results of PyTorch. "
            + "Prints a line for each tensor that fails and for each case that cannot be used, which counts as failed on "
            + "every path. Exit code 0: all passed; 1: something failed; 2: the index or the request cannot be used.")
        {
            directory, isa, json,
        };
        command.SetAction(parsed => Run(
            parsed.GetRequiredValue(directory).ToString(),
            parsed.GetRequiredValue(isa),
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static int Run(string directory, string isa, FileInfo? json, TextWriter output, TextWriter error)
    {
        try
        {
            GoldenFolder folder = GoldenFolder.Open(directory);
            VerifyPaths paths = VerifyPaths.Select(isa);
            foreach (SkippedPath skipped in paths.Skipped)
            {
                output.WriteLine($"skipped {skipped.Name}: {skipped.Reason}");
            }

            if (paths.Available.Count == 0)
            {
                error.WriteLine($"error: nothing to run for --isa {isa}.");
                return ExitCode.Unusable;
            }

            // Opened first: a run takes long, and its results have to go somewhere.
            using FileStream? stream = json?.Create();
            VerifyReport report = Verify(folder, directory, paths, output);
            if (stream is not null)
            {
                report.WriteJson(stream);
            }

            WriteSummary(report, output);
            return report.Failed == 0 ? ExitCode.Success : ExitCode.Failure;
        }
        catch (Exception e) when (e is UnusableInputException or IOException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: {e.Message}");
            return ExitCode.Unusable;
        }
    }

    private static VerifyReport Verify(GoldenFolder folder, string directory, VerifyPaths paths, TextWriter output)
    {
        var results = new List<CaseResult>();
        foreach (IReadOnlyList<CaseResult> ofCase in Verification.Run(folder, paths.Available))
        {
            results.AddRange(ofCase);
            if (ofCase[0].Refusal is { } refusal)
            {
                output.WriteLine($"FAIL {ofCase[0].Case}: cannot be used: {refusal}");
                continue;
            }

            foreach (CaseResult result in ofCase)
            {
                WriteFailures(result, output);
            }
        }

        return new VerifyReport(
            directory, folder.Index, [.. paths.Available.Select(path => path.Name)], paths.Skipped, results);
    }

    private static void WriteFailures(CaseResult result, TextWriter output)
    {
        foreach (TensorResult tensor in result.Tensors.Where(tensor => !tensor.Passed))
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"FAIL {result.Case} {result.Path} {tensor.Tensor}: error {tensor.Error:G3}, allowed "
                + $"{tensor.Allowed:G3}; {tensor.Failure}"));
        }
    }

    private static void WriteSummary(VerifyReport report, TextWriter output)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("path", "cases passed", "failed", "closest to its limit", "error", "allowed");
        foreach (IGrouping<string, CaseResult> path in report.Results.GroupBy(result => result.Path))
        {
            CaseResult? worst = path.Where(result => result.Worst is not null).MaxBy(result => result.Worst!.Share);
            table.AddRow(
                path.Key,
                path.Count(result => result.Passed).ToString(CultureInfo.InvariantCulture),
                path.Count(result => !result.Passed).ToString(CultureInfo.InvariantCulture),
                worst is null ? "-" : Markup.Escape($"{worst.Case} {worst.Worst!.Tensor}"),
                worst is null ? "-" : worst.Worst!.Error.ToString("G3", CultureInfo.InvariantCulture),
                worst is null ? "-" : worst.Worst!.Allowed.ToString("G3", CultureInfo.InvariantCulture));
        }

        Tables.Write(table, output);
        if (report.Index.Degenerate is { Count: > 0 } degenerate)
        {
            output.WriteLine(
                $"The {degenerate.Count} degenerate entries are not used: they hold no data, only shapes and errors.");
        }

        output.WriteLine(
            $"Counted once for each case and path: {report.Index.Cases.Count} cases on {report.Paths.Count} paths. "
            + "A case passes if its outputs and final states do; one that cannot be used has failed on every path.");
        output.WriteLine($"{report.Passed} passed, {report.Failed} failed");
    }
}
