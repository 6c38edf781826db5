using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>Folders of ONNX's backend tests, and folders of such folders.</summary>
internal sealed class OnnxBackendSource : IVerificationSource
{
    private const string Model = "model.onnx";
    private const string DataSets = "test_data_set_*";

    public string Kind => $"ONNX backend tests ({Model}, {DataSets})";

    public bool Recognizes(string path) => TestsOf(path).Any();

    public VerificationSet Open(string path, ImportOptions options) => new(
        path,
        Kind,
        [
            .. from test in TestsOf(path)
               let sets = DataSetsOf(test).ToArray()
               from set in sets
               select new OnnxBackendCase(IdOf(test, set, sets.Length), Path.Combine(test, Model), set, options),
        ],
        []);

    private static IEnumerable<string> TestsOf(string path)
    {
        if (!Directory.Exists(path))
        {
            return [];
        }

        return IsTest(path)
            ? [path]
            : Directory.EnumerateDirectories(path).Where(IsTest).Order(StringComparer.Ordinal);
    }

    private static bool IsTest(string path) => File.Exists(Path.Combine(path, Model)) && DataSetsOf(path).Any();

    private static IEnumerable<string> DataSetsOf(string test) =>
        Directory.EnumerateDirectories(test, DataSets).Order(StringComparer.Ordinal);

    private static string IdOf(string test, string set, int sets)
    {
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(test)));
        return sets == 1 ? name : $"{name}/{Path.GetFileName(set)}";
    }
}
