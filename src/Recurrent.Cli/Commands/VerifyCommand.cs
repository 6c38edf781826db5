using System.CommandLine;
using Recurrent.Cli.Display;
using Recurrent.Cli.Verify;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Commands;

/// <summary><c>recurrent verify</c>: known results through every instruction set and the managed reference.</summary>
internal static class VerifyCommand
{
    public static Command Create()
    {
        var paths = new Argument<string[]>("PATH")
        {
            Description = $"What to verify, one or more of: {VerificationSources.Kinds}.",
            Arity = ArgumentArity.OneOrMore,
        };
        var isa = new Option<string>("--isa")
        {
            Description = "What to run. 'reference' is the managed reference in float, and in double as 'oracle'; 'all' "
                + "is that and every instruction set of this machine.",
            DefaultValueFactory = _ => VerifyPaths.All,
        };
        isa.AcceptOnlyFromAmong(VerifyPaths.Choices);
        var gradients = new Option<bool>("--gradients")
        {
            Description = "Verify the gradients of golden folders instead of their outputs.",
        };
        var weights = new WeightsOption(
            "The format of the weights of recurrent layers: every path has to give the bits of the reference in that format. The "
            + "error against what was recorded is shown and does not count.");
        var json = new Option<FileInfo>("--json")
        {
            Description = "Also write every result, tensor by tensor, to this file.",
            HelpName = "FILE",
        };
        var command = new Command(
            "verify",
            """
            Computes cases with known results and compares. Prints a line for each tensor that fails and for each case that
            cannot be used, which counts as failed on every path.
            Exit code 0: all passed; 1: something failed; 2: the material or the request cannot be used.

              recurrent verify tests/golden/torch              on every instruction set
              recurrent verify tests/golden/torch --isa avx2   on one of them
              recurrent verify tests/golden/cases              folders with a case.json
              recurrent verify tests/golden/onnx               backend tests of ONNX
              recurrent verify tests/golden/onnxruntime        cases of ONNX Runtime
              recurrent verify --gradients tests/golden/torch  gradients of a loss
              recurrent verify tests/golden/torch --weights int8
                  the bits of the reference with 8-bit weights
              recurrent verify A B --json results.json         several; keep every result
            """)
        {
            paths, isa, gradients, json,
        };
        var modelFile = new ModelFileOptions();
        weights.AddTo(command);
        modelFile.AddTo(command);
        command.SetAction(parsed => Run(
            () => Open(parsed.GetRequiredValue(paths), modelFile.Read(parsed), parsed.GetValue(gradients), weights.Read(parsed)),
            parsed.GetRequiredValue(isa),
            weights.Read(parsed),
            parsed.GetValue(json),
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error));
        return command;
    }

    private static VerificationSet[] Open(string[] paths, ImportOptions options, bool gradients, WeightFormat? weights)
    {
        if (gradients && weights is not null)
        {
            throw new UnusableInputException(
                $"{WeightsOption.Name}: expected only without --gradients, because trainers have float32 weights.");
        }

        return
        [
            .. paths.Select(path => gradients
                ? VerificationSources.OpenGradients(path, options)
                : VerificationSources.Open(path, options)),
        ];
    }

    private static int Run(
        Func<VerificationSet[]> open, string isa, WeightFormat? weights, FileInfo? json, TextWriter output, TextWriter error)
    {
        try
        {
            VerificationSet[] sets = open();
            VerifyPaths paths = VerifyPaths.Select(isa, weights);
            foreach (SkippedPath skipped in paths.Skipped)
            {
                output.WriteMessage($"skipped {skipped.Name}: {skipped.Reason}");
            }

            if (paths.Available.Count == 0)
            {
                error.WriteMessage($"error: nothing to run for --isa {isa}.");
                return ExitCode.Unusable;
            }

            // Opened first: a run takes long, and its results have to go somewhere.
            using FileStream? stream = json?.Create();
            VerifyReport report = Verify(sets, paths, output, new ImportNotes(error)) with { Weights = weights };
            if (stream is not null)
            {
                report.WriteJson(stream);
            }

            VerifyText.WriteSummary(report, output);
            return report.Failed == 0 ? ExitCode.Success : ExitCode.Failure;
        }
        catch (Exception e) when (ExitCode.IsUnusable(e))
        {
            error.WriteMessage($"error: {Refusal.Describe(e)}");
            return ExitCode.Unusable;
        }
    }

    private static VerifyReport Verify(
        IReadOnlyList<VerificationSet> sets, VerifyPaths paths, TextWriter output, ImportNotes notes)
    {
        var results = new List<CaseResult>();
        foreach (CheckedCase ofCase in sets.SelectMany(set => Verification.Run(set, paths.Available)))
        {
            notes.Tell(ofCase.Source, ofCase.Notes);
            results.AddRange(ofCase.Results);
            VerifyText.WriteFailures(ofCase, output);
        }

        return new VerifyReport(sets, [.. paths.Available.Select(path => path.Name)], paths.Skipped, results);
    }
}
