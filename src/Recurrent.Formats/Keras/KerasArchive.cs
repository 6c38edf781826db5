using System.Globalization;
using System.Text.RegularExpressions;
using Recurrent.Formats.Hdf5;
using Recurrent.Formats.Json;
using Recurrent.Formats.PyTorch.Checkpoint;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Keras;

/// <summary>
/// A Keras 3 model (<c>model.save("model.keras")</c>): a zip file with the configuration, <c>metadata.json</c> and the weights
/// as HDF5. Weights go by the class of their layer, numbered in the order of the configuration, and by their number within it.
/// </summary>
internal static partial class KerasArchive
{
    private const string ConfigName = "config.json";
    private const string MetadataName = "metadata.json";
    private const string WeightsName = "model.weights.h5";
    private const string VersionName = "keras_version";
    private const string VariablesName = "vars";
    private const string GeneratorName = "seed_generator";
    private const string BackwardName = "backward_layer";
    private const int MostGroups = 8;

    // What the group of all layers has been called.
    private static readonly string[] Containers = ["layers", "_layer_checkpoint_dependencies"];

    /// <summary>Whether a zip file is one.</summary>
    public static bool Recognizes(ByteSource source)
    {
        try
        {
            return ZipContainer.Read(source, new MemoryBudget(source.Length)).Entries is { } entries
                && entries.ContainsKey(ConfigName) && entries.ContainsKey(WeightsName);
        }
        catch (ModelFormatException)
        {
            // Who reads it as a checkpoint says what is wrong with it.
            return false;
        }
    }

    /// <summary>Reads the model.</summary>
    /// <param name="source">The file.</param>
    /// <param name="options">What the file does not say.</param>
    public static ImportedModel Load(ByteSource source, ImportOptions options) => Guarded.Read(() =>
    {
        MemoryBudget budget = KerasModel.BudgetOf(source, options);
        ZipContainer zip = ZipContainer.Read(source, budget);
        JsonValue config = ReadText(zip, ConfigName, budget);
        string? version = zip.Entries.ContainsKey(MetadataName)
            ? ReadText(zip, MetadataName, budget).Find(VersionName)?.Text()
            : null;
        ZipEntry entry = zip.Entries[WeightsName];
        ByteSource file = entry.IsStored
            ? new PartSource(source, zip.DataOffset(entry), entry.Size)
            : new MemorySource(zip.Unpack(entry));
        Hdf5Object weights = Hdf5File.Open(file, budget).Root;
        return KerasModel.Read(config, version, layers => Sort(weights, layers), options, "Keras 3");
    });

    private static JsonValue ReadText(ZipContainer zip, string name, MemoryBudget budget)
    {
        byte[] text = zip.Unpack(zip.Entries[name]);
        return JsonContents.Read(new MemorySource(text), budget);
    }

    private static KerasTensors Sort(Hdf5Object weights, IReadOnlyList<KerasLayer> layers)
    {
        var variables = new List<KerasVariable>();
        var strangers = new List<string>();
        Collect(weights, layers, "", variables, strangers);
        return new KerasTensors(variables, strangers);
    }

    /// <summary>Takes the variables of a model, which may be a layer of another.</summary>
    private static void Collect(
        Hdf5Object weights, IReadOnlyList<KerasLayer> layers, string prefix, List<KerasVariable> variables, List<string> strangers)
    {
        var counts = new Dictionary<string, int>(StringComparer.Ordinal);
        var known = new HashSet<string>(StringComparer.Ordinal);
        Hdf5Object? container = Containers.Select(weights.Find).FirstOrDefault(found => found is not null);
        foreach (KerasLayer layer in layers)
        {
            string name = SnakeCase(layer.Kind);
            int number = counts.GetValueOrDefault(name);
            counts[name] = number + 1;
            name = number == 0 ? name : $"{name}_{number}";
            known.Add(name);
            if (container?.Find(name) is not { IsData: false } group)
            {
                continue;
            }

            if (layer.Model is not { } model)
            {
                variables.AddRange(Read(group, layer, prefix + layer.Name));
            }
            else if ((layer.Kind == "TimeDistributed" ? group.Find("layer") : group) is { IsData: false } inner)
            {
                Collect(inner, model.Written, prefix + KerasNesting.PrefixOf(layer), variables, strangers);
            }
        }

        strangers.AddRange(
            container?.Names.Where(name => !known.Contains(name)).Select(name => $"{container.Name}/{name}") ?? []);
    }

    private static IEnumerable<KerasVariable> Read(Hdf5Object group, KerasLayer layer, string owner)
    {
        var found = new List<(bool IsBackward, int Number, Hdf5Object Data)>();
        Walk(group, false, 0, found);
        IReadOnlyList<(bool IsBackward, string Role)> expected =
            KerasRoles.Of(layer.Kind, layer.Config, owner) ?? [];
        foreach (bool isBackward in (bool[])[false, true])
        {
            string[] roles = [.. expected.Where(role => role.IsBackward == isBackward).Select(role => role.Role)];
            foreach ((_, int number, Hdf5Object data) in found.Where(variable => variable.IsBackward == isBackward))
            {
                string role = number < roles.Length ? roles[number] : number.ToString(CultureInfo.InvariantCulture);
                yield return new KerasVariable(owner, isBackward, role, data.ToTensor(data.Name));
            }
        }
    }

    /// <summary>Finds the variables in a layer's group and those of the layers inside it.</summary>
    private static void Walk(
        Hdf5Object group, bool isBackward, int depth, List<(bool IsBackward, int Number, Hdf5Object Data)> found)
    {
        foreach (string name in group.Names.Where(name => name != GeneratorName))
        {
            Hdf5Object inner = group.Find(name)!;
            if (inner.IsData || depth == MostGroups)
            {
                throw new ModelFormatException(
                    $"HDF5: '/{inner.Name}': expected the group '{VariablesName}' around variables, {MostGroups} groups deep "
                    + "at most.");
            }

            if (name != VariablesName)
            {
                Walk(inner, isBackward || name == BackwardName, depth + 1, found);
                continue;
            }

            foreach (string number in inner.Names)
            {
                if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                {
                    throw new ModelFormatException($"HDF5: '/{inner.Name}/{number}': expected a number as its name.");
                }

                found.Add((isBackward, index, inner.Find(number)!));
            }
        }
    }

    /// <summary>The name that Keras makes of a class: <c>SimpleRNN</c> is <c>simple_rnn</c>.</summary>
    private static string SnakeCase(string kind)
    {
        string name = WordBegin().Replace(NoLetter().Replace(kind, ""), "$1_$2");
        return SmallThenLarge().Replace(name, "$1_$2").ToLowerInvariant();
    }

    [GeneratedRegex(@"\W+")]
    private static partial Regex NoLetter();

    [GeneratedRegex("(.)([A-Z][a-z]+)")]
    private static partial Regex WordBegin();

    [GeneratedRegex("([a-z])([A-Z])")]
    private static partial Regex SmallThenLarge();
}
