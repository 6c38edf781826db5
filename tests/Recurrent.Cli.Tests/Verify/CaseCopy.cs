using System.Text.Json.Nodes;

namespace Recurrent.Cli.Tests.Verify;

/// <summary>Committed cases, copied so that a test can spoil them: one is the folder itself, several are in it.</summary>
internal sealed class CaseCopy : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public CaseCopy(params string[] ids)
    {
        Path = ids.Length == 1 ? System.IO.Path.Combine(_folder.Path, ids[0]) : _folder.Path;
        foreach (string id in ids)
        {
            string target = Directory.CreateDirectory(System.IO.Path.Combine(_folder.Path, id)).FullName;
            foreach (string file in Directory.EnumerateFiles(System.IO.Path.Combine(GoldenFiles.PathOf("cases"), id)))
            {
                File.Copy(file, System.IO.Path.Combine(target, System.IO.Path.GetFileName(file)));
            }
        }

        Case = ids.Length == 1 ? JsonNode.Parse(File.ReadAllText(PathOf("case.json")))!.AsObject() : [];
    }

    public string Path { get; }

    public JsonObject Case { get; }

    public string PathOf(string file) => System.IO.Path.Combine(Path, file);

    public void Write() => File.WriteAllText(PathOf("case.json"), Case.ToJsonString());

    public void Dispose() => _folder.Dispose();
}
