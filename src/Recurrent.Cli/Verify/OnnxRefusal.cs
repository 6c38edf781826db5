using System.Text.RegularExpressions;
using Recurrent.Cli.Commands;

namespace Recurrent.Cli.Verify;

/// <summary>
/// A case that has to be refused, for a reason that ONNX Runtime gives in its own words. It passes if it is refused
/// with a message that speaks of the same thing: of the same input and its shape, or of the same attribute.
/// </summary>
/// <param name="load">Reads the case as if it could be computed.</param>
/// <param name="reason">A part of what ONNX Runtime says.</param>
internal sealed partial class OnnxRefusal(Func<ILoadedCase> load, string reason) : ILoadedCase
{
    /// <summary>Words that a reason and a message of ours have in common when they speak of the same thing.</summary>
    private static readonly string[] Words =
        ["sequence_lens", "direction", "activation", "clip", "hidden_size", "linear_before_reset", "layout"];

    public IReadOnlyList<TensorResult> Check(VerifyPath path)
    {
        try
        {
            load().Check(path);
            return [Result($"expected a refusal ('{reason}'), found none")];
        }
        catch (Exception e) when (ExitCode.IsUnusable(e))
        {
            return [Result(IsTheSame(reason, e.Message)
                ? null
                : $"expected a refusal for the reason '{reason}', found one for another: {e.Message}")];
        }
    }

    /// <summary>Whether a message of ours gives the reason that ONNX Runtime gave.</summary>
    public static bool IsTheSame(string reason, string message)
    {
        if (ShapeOfInput().Match(reason) is { Success: true } shape)
        {
            string input = Regex.Escape(shape.Groups["input"].Value);
            return Regex.IsMatch(message, $@"(?<![\w]){input}(?![\w])") && message.Contains("shape");
        }

        // The same word in both, or the whole reason where none of the words is in it.
        string word = Words.FirstOrDefault(
            word => reason.Contains(word, StringComparison.OrdinalIgnoreCase), defaultValue: reason);
        return message.Contains(word, StringComparison.OrdinalIgnoreCase);
    }

    private static TensorResult Result(string? failure) => new("refusal", 0, 0, failure);

    [GeneratedRegex(@"Input (?<input>\w+) must have (?:shape|\d+ dimensions)")]
    private static partial Regex ShapeOfInput();
}
