using System.Globalization;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>
/// Model files of any format with a recording beside them, <c>NAME.io.safetensors</c>: <c>x</c> [steps, features],
/// <c>y.f64</c> [steps, outputs] or [outputs], and in its metadata, where it is not the default, how large an error may
/// be.
/// </summary>
internal sealed class RecordedModelSource : IVerificationSource
{
    private const string Suffix = ".io.safetensors";

    // What a stream of 48,000 steps is allowed in float, and the oracle at any length.
    private const double DefaultSingle = 3e-5;
    private const double DefaultDouble = 1e-12;

    public string Kind => $"recorded model (MODEL, its name with {Suffix}), or a folder of them";

    public bool Recognizes(string path) => ModelsOf(path).Any();

    public VerificationSet Open(string path, ImportOptions options) =>
        new(path, Kind, [.. ModelsOf(path).Select(model => new Unread(model, options))], []);

    private static IEnumerable<string> ModelsOf(string path) =>
        (Directory.Exists(path) ? Directory.EnumerateFiles(path) : [path])
            .Where(file => !file.EndsWith(Suffix, StringComparison.Ordinal) && File.Exists(RecordingOf(file)))
            .Order(StringComparer.Ordinal);

    private static string RecordingOf(string model) => Path.ChangeExtension(model, Suffix);

    private sealed class Unread(string model, ImportOptions options) : IVerificationCase
    {
        public string Id { get; } = Path.GetFileName(model);

        public ILoadedCase Load()
        {
            // A recording is one sequence, and the same in either order of axes.
            using SafetensorsFile recording = SafetensorsFile.Open(RecordingOf(model));
            return new RecordedSequence(
                ModelFile.Load(model, options with { Layout = options.Layout ?? SequenceLayout.TimeMajor }),
                recording["x"].ToSingles(),
                recording["y.f64"].ToDoubles(),
                Allowed(recording, "allowed.single", DefaultSingle),
                Allowed(recording, "allowed.double", DefaultDouble));
        }

        private static double Allowed(SafetensorsFile recording, string name, double otherwise)
        {
            if (!recording.Metadata.TryGetValue(name, out string? text))
            {
                return otherwise;
            }

            return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double allowed)
                && allowed is >= 0 and <= 1
                    ? allowed
                    : throw new UnusableInputException($"{name}: expected a number from 0 to 1, found '{text}'.");
        }
    }
}
