using System.Text.RegularExpressions;

namespace Recurrent.Cli.Commands;

/// <summary>Messages of the library, for who reads them at a command line.</summary>
internal static partial class OptionNames
{
    /// <summary>Names options as the command line has them: <c>--modules</c> for <c>ImportOptions.Modules</c>.</summary>
    public static string Translate(string message) => Option().Replace(message, match => match.Groups[1].Value switch
    {
        "Modules" => "--modules",
        "Nonlinearity" => "--nonlinearity",
        "StateDict" => "--state-dict",
        "InitialStates" => "--initial-state",
        "Output" => "--every-step, --last-step or --final-state",
        "Layout" => "--batch-major or --time-major",
        "AssumeDefaults" => "--assume-defaults",
        "KerasVersion" => "--keras-version",
        "OnnxActivationDefaults" => "--onnxruntime-defaults",
        "TensorMultiple" => "--tensor-multiple",
        "RefuseHardLinks" => "--refuse-hard-links",
        "GlobalClipNorm" => "--clip",
        _ => match.Value,
    });

    [GeneratedRegex(@"\b(?:ImportOptions\.(\w+)|(?<1>GlobalClipNorm))")]
    private static partial Regex Option();
}
