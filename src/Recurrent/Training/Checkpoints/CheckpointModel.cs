using System.Globalization;
using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// What a checkpoint says of the model that it is of: a line for each layer, with the values that it reads and what its
/// specification says. The sizes of parameters do not tell one dilation or activation from another.
/// </summary>
internal static class CheckpointModel
{
    /// <summary>The name of the text.</summary>
    public const string Name = "model";

    /// <summary>The name of the text that lists blocks which are updated sparsely.</summary>
    public const string SparseName = "sparse";

    /// <summary>The lines of a model.</summary>
    public static string Describe(ModelDefinition definition)
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        try
        {
            // What records print of numbers follows the culture of the thread.
            CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
            return string.Join('\n', definition.Nodes.Select(Describe));
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    /// <summary>Checks that a checkpoint is of a model; one of an older version says nothing of it.</summary>
    /// <exception cref="InvalidDataException">It is of another one.</exception>
    public static void Require(TrainingCheckpoint checkpoint, ModelDefinition definition)
    {
        if (!checkpoint.Texts.TryGetValue(Name, out string? text))
        {
            return;
        }

        string[] found = text.Split('\n');
        string[] expected = Describe(definition).Split('\n');
        if (found.Length != expected.Length)
        {
            throw new InvalidDataException(
                $"The checkpoint is of a model of {found.Length} layers, this one has {expected.Length}.");
        }

        for (int i = 0; i < found.Length; i++)
        {
            RequireSame(i, Properties(found[i]), Properties(expected[i]));
        }
    }

    private static string Describe(LayerNode node) =>
        $"Reads = {string.Join(' ', node.Inputs)}, {node.Layer.Specification}";

    /// <summary>What only one of the two has is of another version of the library.</summary>
    private static void RequireSame(int layer, Dictionary<string, string> found, Dictionary<string, string> expected)
    {
        foreach ((string name, string value) in expected)
        {
            if (found.TryGetValue(name, out string? other) && other != value)
            {
                throw new InvalidDataException(
                    $"The checkpoint is of a model whose layer {layer} has {name} {other}, that of this one has {value}.");
            }
        }
    }

    /// <summary>
    /// The properties of a line, <c>Reads = 0, ConvolutionSpecification { InputSize = 3, Activation = Activation { Kind = Tanh,
    /// Alpha = 0 } }</c>; those of a property by both names.
    /// </summary>
    private static Dictionary<string, string> Properties(string line)
    {
        Dictionary<string, string> properties = new(StringComparer.Ordinal);
        string owner = string.Empty;
        foreach (string part in line.Split(", "))
        {
            string rest = part;
            for (int open = rest.IndexOf('{', StringComparison.Ordinal); open >= 0;
                 open = rest.IndexOf('{', StringComparison.Ordinal))
            {
                string[] outer = rest[..open].Split('=', StringSplitOptions.TrimEntries);
                owner = outer.Length == 2 ? outer[0] + "." : string.Empty;
                properties.TryAdd(owner.Length == 0 ? "kind" : owner + "type", outer[^1]);
                rest = rest[(open + 1)..];
            }

            string[] pair = rest.Trim('}', ' ').Split('=', StringSplitOptions.TrimEntries);
            if (pair.Length == 2)
            {
                properties.TryAdd(owner + pair[0], pair[1]);
            }

            owner = part.Contains('}', StringComparison.Ordinal) ? string.Empty : owner;
        }

        return properties;
    }
}
