using Recurrent.Cli.Commands;
using Recurrent.Cli.Data;
using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>Folders with a <c>case.json</c>, and folders of such folders.</summary>
internal sealed class CaseSource : IVerificationSource
{
    private const string Onnx = ".onnx";

    public string Kind => $"case ({CaseFile.Name}), or a folder of cases";

    public bool Recognizes(string path) => FoldersOf(path).Any();

    public VerificationSet Open(string path, ImportOptions options) =>
        new(path, Kind, [.. FoldersOf(path).Select(folder => new Unread(folder, options))], []);

    private static IEnumerable<string> FoldersOf(string path) => !Directory.Exists(path) ? []
        : IsCase(path) ? [path]
        : Directory.EnumerateDirectories(path).Where(IsCase).Order(StringComparer.Ordinal);

    private static bool IsCase(string path) => File.Exists(Path.Combine(path, CaseFile.Name));

    private sealed class Unread(string folder, ImportOptions options) : IVerificationCase
    {
        public string Id { get; } = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));

        public ILoadedCase Load()
        {
            CaseFile file = CaseFile.Read(folder);
            string model = Path.Combine(folder, file.Model);
            ImportOptions said = file.Options?.ApplyTo(options) ?? options;
            return file.Refused is { } word
                ? new CaseRefusal(model, () => ModelFileOptions.Load(model, said), word)
                : Load(file, model, said);
        }

        private ILoadedCase Load(CaseFile file, string model, ImportOptions said)
        {
            Dictionary<string, DataArray> inputs = Read(file.Inputs!);
            ExpectedTensor[] outputs = [.. Read(file.Outputs!).Select(output => new ExpectedTensor(
                output.Key,
                [.. output.Value.Shape.Select(size => (long)size)],
                [.. output.Value.Values.Select(value => (double)value)]))];
            var rule = new PassRule(TorchFactor: 0, Relative: 0, Tiny: 0, Absolute: file.Tolerance!.Value);

            // A graph has names for its inputs and outputs, and says what their axes are.
            if (Path.GetExtension(model).Equals(Onnx, StringComparison.OrdinalIgnoreCase))
            {
                using OnnxFile graph = OnnxFile.Open(model);
                return OnnxCase.OfNames(
                    graph, inputs.ToDictionary(input => input.Key, ToTensor), outputs, rule, said);
            }

            return new CaseComputation(
                ModelFileOptions.Load(model, said),
                inputs,
                inputs.Keys.ToDictionary(name => name, name => CaseAxes.Find(file.Axes, name, inputs.Count)),
                outputs,
                rule);
        }

        private Dictionary<string, DataArray> Read(IReadOnlyDictionary<string, string> files) =>
            files.ToDictionary(file => file.Key, file => DataFile.Read(Path.Combine(folder, file.Value)));

        private static OnnxTensor ToTensor(KeyValuePair<string, DataArray> input)
        {
            (string name, DataArray array) = input;
            int[] shape = [.. array.Shape];
            return array.IsInteger
                ? OnnxTensor.Create(name, shape, Array.ConvertAll(array.Values, value => (long)value))
                : OnnxTensor.Create(name, shape, array.Values);
        }
    }
}
