using Recurrent.Cli.Data;
using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>Every kind of material that can be verified.</summary>
internal static class VerificationSources
{
    // The first one that recognizes a path has it.
    private static readonly IVerificationSource[] All =
    [
        new GoldenSource(), new CaseSource(), new OnnxBackendSource(), new OnnxOperatorSource(), new RtNeuralSource(),
        new RecordedModelSource(),
    ];

    /// <summary>What can be verified, for help texts.</summary>
    public static string Kinds => string.Join(", ", All.Select(source => source.Kind));

    /// <summary>Finds the cases of a golden folder that have gradients.</summary>
    /// <exception cref="UnusableInputException">It is no such folder, or has none.</exception>
    public static VerificationSet OpenGradients(string path, ImportOptions options)
    {
        var source = new GoldenGradientSource();
        return source.Recognizes(path)
            ? source.Open(path, options)
            : throw new UnusableInputException($"'{path}' is no {source.Kind}.");
    }

    /// <summary>Finds the cases of a path.</summary>
    /// <exception cref="UnusableInputException">The path does not exist, or holds nothing that can be verified.</exception>
    public static VerificationSet Open(string path, ImportOptions options)
    {
        if (!Path.Exists(path))
        {
            throw InputFile.Missing(path);
        }

        IVerificationSource source = All.FirstOrDefault(source => source.Recognizes(path))
            ?? throw new UnusableInputException($"'{path}' holds nothing that can be verified; expected one of: {Kinds}.");
        return source.Open(path, options);
    }
}
