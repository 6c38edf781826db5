using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>The gradients of folders of golden cases.</summary>
internal sealed class GoldenGradientSource : IVerificationSource
{
    // Its inputs are denormals, which count as zero here: relu is at its kink, and PyTorch's is not.
    private const string Excluded = "edge_denormal_rnn_relu";

    public string Kind => $"golden folder with gradients ({GoldenFolder.IndexFile})";

    public bool Recognizes(string path) => File.Exists(Path.Combine(path, GoldenFolder.IndexFile));

    public VerificationSet Open(string path, ImportOptions options)
    {
        GoldenFolder folder = GoldenFolder.Open(path);
        GoldenIndexEntry[] given = [.. folder.Index.Cases.Where(entry => entry.Gradients)];
        GoldenIndexEntry[] used = [.. given.Where(entry => entry.Id != Excluded)];
        if (used.Length == 0)
        {
            throw new UnusableInputException($"'{path}' has no case with gradients.");
        }

        var remarks = new List<string>();
        if (given.Length < folder.Index.Cases.Count)
        {
            remarks.Add($"{folder.Index.Cases.Count - given.Length} cases have no gradients.");
        }

        if (used.Length < given.Length)
        {
            remarks.Add($"{Excluded} is left out: denormals count as zero here.");
        }

        return new VerificationSet(path, Kind, [.. used.Select(entry => new Unread(folder, entry))], remarks);
    }

    private sealed class Unread(GoldenFolder folder, GoldenIndexEntry entry) : IVerificationCase
    {
        public string Id => entry.Id;

        public ILoadedCase Load() => folder.LoadGradients(entry);
    }
}
