using System.Text.RegularExpressions;
using Recurrent.Cli.Commands;

namespace Recurrent.Cli.Verify;

/// <summary>
/// A case that has to be refused, for a reason that ONNX Runtime gives in its own words. It passes if it is refused with
/// a message that speaks of the same thing: of the same input and its shape, or of the same attribute.
/// </summary>
/// <param name="load">Reads the case as if it could be computed.</param>
/// <param name="reason">A part of what ONNX Runtime says.</param>
internal sealed partial class OnnxRefusal(Func<ILoadedCase> load, string reason) : ILoadedCase
{
    /// <summary>What ONNX Runtime says of attributes, and the word that a message of ours has then.</summary>
    private static readonly (string Reason, string Word)[] Words =
    [
        ("sequence_lens", "sequence_lens"),
        ("direction", "direction"),
        ("activation", "activation"),
        ("clip", "clip"),
        ("hidden_size", "hidden_size"),
        ("linear_before_reset", "linear_before_reset"),
        ("layout", "layout"),
    ];

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

        string? word = Words.FirstOrDefault(pair => reason.Contains(pair.Reason, StringComparison.OrdinalIgnoreCase)).Word;
        return message.Contains(word ?? reason, StringComparison.OrdinalIgnoreCase);
    }

    private static TensorResult Result(string? failure) => new("refusal", 0, 0, failure);

    [GeneratedRegex(@"Input (?<input>\w+) must have (?:shape|\d+ dimensions)")]
    private static partial Regex ShapeOfInput();
}
