using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>Folders of golden cases.</summary>
internal sealed class GoldenSource : IVerificationSource
{
    public string Kind => $"golden folder ({GoldenFolder.IndexFile})";

    public bool Recognizes(string path) => File.Exists(Path.Combine(path, GoldenFolder.IndexFile));

    public VerificationSet Open(string path, ImportOptions options)
    {
        GoldenFolder folder = GoldenFolder.Open(path);
        IReadOnlyList<string> remarks = folder.Index.Degenerate is { Count: > 0 } degenerate
            ? [$"The {degenerate.Count} degenerate entries are not used: they hold no data, only shapes and errors."]
            : [];
        return new VerificationSet(
            path, Kind, [.. folder.Index.Cases.Select(entry => new Unread(folder, entry))], remarks);
    }

    private sealed class Unread(GoldenFolder folder, GoldenIndexEntry entry) : IVerificationCase
    {
        public string Id => entry.Id;

        public ILoadedCase Load() => folder.Load(entry);
    }
}
