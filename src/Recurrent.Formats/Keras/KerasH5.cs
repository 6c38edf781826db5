using Recurrent.Formats.Hdf5;
using Recurrent.Formats.Json;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Keras;

/// <summary>A Keras model in an HDF5 file (<c>model.save("model.h5")</c>, Keras 2 and 3).</summary>
internal static class KerasH5
{
    private const string ConfigName = "model_config";
    private const string VersionName = "keras_version";
    private const string WeightsName = "model_weights";
    private const string TopLevelName = "top_level_model_weights";

    /// <summary>Reads the model.</summary>
    /// <param name="source">The file.</param>
    /// <param name="options">What the file does not say.</param>
    public static ImportedModel Load(ByteSource source, ImportOptions options) => Guarded.Read(() =>
    {
        MemoryBudget budget = KerasModel.BudgetOf(source, options);
        Hdf5Object root = Hdf5File.Open(source, budget).Root;
        if (root.Attribute(ConfigName) is not { } config)
        {
            throw new ModelFormatException(
                $"the HDF5 file has no '{ConfigName}', the configuration of a Keras model. Weights alone (model.save_weights) "
                + "say neither the order of the layers nor their activations: save the whole model, with model.save.");
        }

        if (root.Find(WeightsName) is not { } weights)
        {
            throw new ModelFormatException($"the HDF5 file has a configuration, but no '{WeightsName}'.");
        }

        return KerasModel.Read(
            JsonContents.Read(config.Text(), budget),
            root.Attribute(VersionName)?.Text(),
            layers => Sort(weights, layers),
            options,
            "Keras, HDF5");
    });

    private static KerasTensors Sort(Hdf5Object weights, IReadOnlyList<KerasLayer> layers)
    {
        var variables = new List<KerasVariable>();
        foreach (KerasLayer layer in layers)
        {
            if (weights.Find(layer.Name) is { IsData: false } group)
            {
                variables.AddRange(layer.Model is null ? Read(group, layer) : ReadModel(group, layer));
            }
        }

        var names = layers.Select(layer => layer.Name).ToHashSet(StringComparer.Ordinal);
        return new KerasTensors(
            variables,
            weights.Names.Where(name => name != TopLevelName && !names.Any(layer => IsPart(layer, name))));
    }

    // A slash in a layer's name makes groups in groups.
    private static bool IsPart(string layer, string name) =>
        layer == name || layer.StartsWith(name + "/", StringComparison.Ordinal);

    private static IEnumerable<KerasVariable> Read(Hdf5Object group, KerasLayer layer)
    {
        string[] names = [.. ReadNames(group).Where(name => !KerasNames.IsGenerator(name))];
        (bool IsBackward, string Role)[] roles = [.. names.Select(name => KerasNames.Of(name, layer.Name))];
        IReadOnlyList<(bool IsBackward, string Role)>? expected = KerasRoles.Of(layer.Kind, layer.Config, layer.Name);

        // Keras goes by the order. Names say the same unless a layer was renamed or shares a scope.
        if (expected is not null && expected.Count == roles.Length && !expected.ToHashSet().SetEquals(roles))
        {
            roles = [.. expected];
        }

        for (int i = 0; i < names.Length; i++)
        {
            yield return Variable(group, layer, names[i], (layer.Name, roles[i].IsBackward, roles[i].Role));
        }
    }

    /// <summary>The variables of a model that is a layer: those of all its layers are in one list.</summary>
    private static IEnumerable<KerasVariable> ReadModel(Hdf5Object group, KerasLayer layer)
    {
        var owners = new KerasOwners([layer]);
        string[] names = [.. ReadNames(group).Where(name => !KerasNames.IsGenerator(name))];
        (string Layer, bool IsBackward, string Role)?[] found = [.. names.Select(name => KerasNames.Of(name, owners))];
        IReadOnlyList<(string Layer, bool IsBackward, string Role)> expected = KerasRoles.OfAll(owners.Layers);

        // Names of layers that were renamed, or built in another place, do not say whose a variable is; the order does.
        if (expected.Count == names.Length && !expected.ToHashSet().SetEquals(found.OfType<(string, bool, string)>()))
        {
            found = [.. expected];
        }

        for (int i = 0; i < names.Length; i++)
        {
            yield return found[i] is { } variable
                ? Variable(group, layer, names[i], variable)
                : throw new ModelFormatException(
                    $"layer '{layer.Name}': the weights '{names[i]}' belong to none of the layers of this model.");
        }
    }

    private static KerasVariable Variable(
        Hdf5Object group, KerasLayer layer, string name, (string Layer, bool IsBackward, string Role) variable)
    {
        Hdf5Object data = group.Find(name) ?? throw new ModelFormatException(
            $"layer '{layer.Name}': the file names the weights '{name}', but does not have them.");
        return new KerasVariable(
            variable.Layer, variable.IsBackward, variable.Role, data.ToTensor(data.Name[(WeightsName.Length + 1)..]));
    }

    /// <summary>A list that is too long for an attribute is in several of them, with numbers.</summary>
    private static IEnumerable<string> ReadNames(Hdf5Object group)
    {
        const string Name = "weight_names";
        if (group.Attribute(Name) is { } whole)
        {
            return whole.Texts();
        }

        var names = new List<string>();
        for (int part = 0; group.Attribute($"{Name}{part}") is { } texts; part++)
        {
            names.AddRange(texts.Texts());
        }

        return names;
    }
}
