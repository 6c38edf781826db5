using System.Globalization;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>
/// A folder as RTNeural has it: <c>models/NAME.json</c> and <c>test_data/NAME_x_python.csv</c> with
/// <c>NAME_y_python.csv</c>, a step a line.
/// </summary>
internal sealed class RtNeuralSource : IVerificationSource
{
    private const string InputSuffix = "_x_python.csv";
    private const string OutputSuffix = "_y_python.csv";

    // The outputs were recorded in float.
    private const double Allowed = 2e-6;

    public string Kind => $"RTNeural folder (models/*.json, test_data/*{InputSuffix})";

    public bool Recognizes(string path) => CasesOf(path).Count > 0;

    public VerificationSet Open(string path, ImportOptions options)
    {
        IReadOnlyList<string> names = CasesOf(path);
        string[] unrecorded =
        [
            .. Directory.EnumerateFiles(Path.Combine(path, "models"), "*.json")
                .Select(file => Path.GetFileNameWithoutExtension(file))
                .Except(names).Order(StringComparer.Ordinal),
        ];
        return new VerificationSet(
            path,
            Kind,
            [.. names.Select(name => new Unread(path, name, options))],
            unrecorded.Length == 0 ? [] : [$"Without a recorded output, so not used: {string.Join(", ", unrecorded)}."]);
    }

    private static IReadOnlyList<string> CasesOf(string path)
    {
        string data = DataOf(path);
        return !Directory.Exists(data) ? [] :
        [
            .. Directory.EnumerateFiles(data, "*" + InputSuffix)
                .Select(file => Path.GetFileName(file)[..^InputSuffix.Length])
                .Where(name => File.Exists(ModelOf(path, name)) && File.Exists(Path.Combine(data, name + OutputSuffix)))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static string DataOf(string path) => Path.Combine(path, "test_data");

    private static string ModelOf(string path, string name) => Path.Combine(path, "models", name + ".json");

    private sealed class Unread(string path, string name, ImportOptions options) : IVerificationCase
    {
        public string Id => name;

        public ILoadedCase Load() => new RecordedSequence(
            ModelFile.Load(ModelOf(path, name), Conventions(options)),
            [.. Read(InputSuffix).Select(value => (float)value)],
            [.. Read(OutputSuffix)],
            Allowed,
            Allowed);

        // The files have one sequence, and a line for each of its steps.
        private static ImportOptions Conventions(ImportOptions options) => options with
        {
            Output = options.Output ?? ModelOutput.EveryStep,
            Layout = options.Layout ?? SequenceLayout.TimeMajor,
        };

        private IEnumerable<double> Read(string suffix)
        {
            string file = name + suffix;
            int line = 0;
            foreach (string text in File.ReadLines(Path.Combine(DataOf(path), file)))
            {
                line++;
                foreach (string field in text.Split(','))
                {
                    yield return double.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                        ? value
                        : throw new UnusableInputException($"{file}, line {line}: expected numbers, found '{field}'.");
                }
            }
        }
    }
}
