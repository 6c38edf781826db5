using Recurrent.Cli.Commands;
using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>A model file that has to be refused, with a message that has a word in it.</summary>
internal sealed class CaseRefusal : ILoadedCase
{
    private readonly string? _failure;

    /// <summary>Tries to read the file.</summary>
    /// <param name="path">Its path, which is no part of the message.</param>
    /// <param name="load">Reads it.</param>
    /// <param name="word">The word, upper and lower case as it has to be.</param>
    public CaseRefusal(string path, Func<ImportedModel> load, string word)
    {
        try
        {
            load();
            _failure = $"expected a refusal ('{word}'), found none";
        }
        catch (Exception e) when (ExitCode.IsUnusable(e))
        {
            string message = e.Message.Replace(Path.GetFullPath(path), "", StringComparison.Ordinal)
                .Replace(path, "", StringComparison.Ordinal);
            _failure = message.Contains(word, StringComparison.Ordinal)
                ? null
                : $"expected a refusal with the word '{word}', found: {Refusal.Describe(e)}";
        }
    }

    public IReadOnlyList<TensorResult> Check(VerifyPath path) => [new TensorResult("refusal", 0, 0, _failure)];
}
