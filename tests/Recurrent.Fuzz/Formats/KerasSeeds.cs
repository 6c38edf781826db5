using Recurrent.Tests.Shared;

namespace Recurrent.Fuzz.Formats;

/// <summary>Keras's own files, made of the models of the tree in each way in which HDF5 is written.</summary>
internal static class KerasSeeds
{
    private static readonly Hdf5Style[] Styles =
    [
        new(),
        new() { HasVariableText = true, IsBigEndian = true },
        new() { Layout = 2, Filters = [2, 1], NumberBytes = 8 },
        new() { IsNew = true, HasVariableText = true, Layout = 0 },
        new() { IsNew = true, Layout = 2, Filters = [1] },
    ];

    /// <summary>Models of TensorFlow.js with their weights beside them.</summary>
    public static IEnumerable<SeedFile> Tfjs() => Folders().Select(folder => new SeedFile(
        Path.GetRelativePath(Tree.Root, folder),
        "model.json",
        ((string[])["model.json", "weights.bin"]).ToDictionary(
            name => name, name => File.ReadAllBytes(Path.Combine(folder, name)), StringComparer.Ordinal)));

    /// <summary>The same as Keras models in safetensors.</summary>
    public static IEnumerable<SeedFile> OfTfjs() => Folders().Select(folder => SeedFile.Of(
        Path.GetRelativePath(Tree.Root, folder), "file.safetensors", TfjsFiles.ToSafetensors(Path.Combine(folder, "model.json"))));

    public static IEnumerable<SeedFile> H5(IEnumerable<SeedFile> models) => Make(models, "file.h5", KerasFiles.ToH5);

    public static IEnumerable<SeedFile> Archives(IEnumerable<SeedFile> models) =>
        Make(models, "file.keras", (file, style) => KerasFiles.ToArchive(file, style));

    private static IEnumerable<string> Folders() => Directory.EnumerateDirectories(Path.Combine(Tree.Root, "tests/golden/tfjs"))
        .Where(folder => !Path.GetFileName(folder).StartsWith("refused-", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);

    private static IEnumerable<SeedFile> Make(
        IEnumerable<SeedFile> models, string name, Func<SafetensorsFile, Hdf5Style, byte[]> write)
    {
        int next = 0;
        foreach (SeedFile model in models)
        {
            // Two of the ways for each model: together all of them.
            for (int i = 0; i < 2; i++, next++)
            {
                SafetensorsFile file = SafetensorsFile.Parse(model.Files[model.Main]);
                yield return SeedFile.Of($"{model.Name}, {next % Styles.Length}", name, write(file, Styles[next % Styles.Length]));
            }
        }
    }
}
