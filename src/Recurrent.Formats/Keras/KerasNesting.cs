namespace Recurrent.Formats.Keras;

/// <summary>
/// Takes models apart that are layers of a model: their layers are there instead, with the model's name before theirs, as often
/// as it is called.
/// </summary>
internal sealed class KerasNesting
{
    private const string Wrapper = "TimeDistributed";

    // A model that is called twice in one that is called twice, and so on, is a short file of very many layers.
    private const int MostLayers = 4 * LayerListBuilder.MaxLayers;

    // What works on the features of one step, or on its rows; the others would see the steps of all.
    private static readonly string[] StepWise =
    [
        KerasLayer.InputKind, "Dense", "Activation", "Dropout", "BatchNormalization", "LayerNormalization", "ReLU", "LeakyReLU",
        "ELU", "PReLU", "ThresholdedReLU", "Softmax", "Rescaling", "Flatten", "Reshape", "Add", "Subtract", "Average",
        "Multiply", "Maximum", "Minimum", "Concatenate", "Conv1D", "MaxPooling1D", "AveragePooling1D", "GlobalMaxPooling1D", "GlobalAveragePooling1D",
    ];

    private readonly List<KerasLayer> _layers = [];
    private readonly List<string> _inputs = [];
    private readonly Dictionary<string, int> _calls = new(StringComparer.Ordinal);
    private int _count;

    private KerasNesting()
    {
    }

    /// <summary>What stands before the names of the layers of a model.</summary>
    public static string PrefixOf(KerasLayer model) => model.Name + "/";

    /// <summary>Whether a layer of this class does the same at every step, each for itself.</summary>
    public static bool IsStepWise(string kind) => StepWise.Contains(kind, StringComparer.Ordinal);

    /// <summary>The same network without models among its layers.</summary>
    public static KerasNetwork Flatten(KerasNetwork network)
    {
        if (network.Layers.All(layer => layer.Model is null))
        {
            return network;
        }

        var nesting = new KerasNesting();
        IReadOnlyList<KerasReference> outputs = nesting.Expand(network, "", null, wrapper: null);
        return nesting._layers.Count > 0
            ? network with { Layers = nesting._layers, Inputs = nesting._inputs, Outputs = outputs }
            : throw new ModelFormatException("expected at least one layer, found none.");
    }

    /// <summary>Adds the layers of a model.</summary>
    /// <param name="network">The model.</param>
    /// <param name="prefix">What stands before the names of its layers.</param>
    /// <param name="given">What it is called with; null if it has inputs of the whole model.</param>
    /// <param name="wrapper">The <c>TimeDistributed</c> around it; null if there is none.</param>
    /// <returns>What it outputs.</returns>
    private IReadOnlyList<KerasReference> Expand(
        KerasNetwork network, string prefix, KerasReference[]? given, string? wrapper)
    {
        RequireInputs(network, prefix, given);
        var places = new Dictionary<KerasReference, KerasReference>();
        foreach (KerasLayer layer in network.Layers)
        {
            if (++_count > MostLayers)
            {
                throw new ModelFormatException(
                    $"layer '{prefix}{layer.Name}': expected at most {MostLayers} layers, those of models inside of models counted at "
                    + "each call.");
            }

            if (layer.IsInput && given is not null)
            {
                places.Add(layer.Output, given[IndexOf(network, layer, prefix)]);
                continue;
            }

            KerasReference[] reads = [.. layer.Inputs.Select(input => Find(places, input, prefix, layer.Name))];
            if (layer.Inputs.Count == 0 && !layer.IsInput && given is not null)
            {
                // The first layer of a Sequential model that has no layer for its input.
                reads = given;
            }

            if (layer.Model is { } model)
            {
                if (layer.Kind == Wrapper && reads.Length == 0)
                {
                    // The first layer of the file: its shape is that of all steps, the one inside that of a step.
                    reads = [Add(new KerasLayer(KerasLayer.InputKind, layer.Name + "_input", layer.Config, []), prefix, [], null)];
                }

                string? around = layer.Kind == Wrapper ? prefix + layer.Name : wrapper;
                IReadOnlyList<KerasReference> outputs = Expand(
                    model, prefix + PrefixOf(layer), reads.Length == 0 ? null : reads, around);
                for (int i = 0; i < outputs.Count; i++)
                {
                    places.Add(layer.Output with { Tensor = i }, outputs[i]);
                }
            }
            else
            {
                places.Add(layer.Output, Add(layer, prefix, reads, wrapper));
            }
        }

        return [.. network.Outputs.Select(output => Find(places, output, prefix, output.Layer))];
    }

    private KerasReference Add(KerasLayer layer, string prefix, IReadOnlyList<KerasReference> reads, string? wrapper)
    {
        string name = prefix + layer.Name;
        if (wrapper is not null && !IsStepWise(layer.Kind))
        {
            throw new ModelFormatException(
                $"layer '{name}': {layer.Kind} inside of TimeDistributed ('{wrapper}') is not supported; expected layers that work on "
                + "the features of a step, such as Dense or Activation.");
        }

        int call = _calls.GetValueOrDefault(name);
        _calls[name] = call + 1;
        KerasLayer added = layer with { Name = name, Inputs = reads, Call = call, IsPerStep = wrapper is not null };
        if (layer.IsInput)
        {
            _inputs.Add(name);
        }

        _layers.Add(added);
        return added.Output;
    }

    private static int IndexOf(KerasNetwork network, KerasLayer input, string prefix)
    {
        int index = network.Inputs.ToList().IndexOf(input.Name);
        return index >= 0 ? index : throw new ModelFormatException(
            $"layer '{prefix}{input.Name}': expected one of the inputs of its model, '{string.Join("', '", network.Inputs)}'.");
    }

    /// <summary>Where an output of a layer is; other outputs than the first one of a layer are its reader's to know.</summary>
    private static KerasReference Find(
        Dictionary<KerasReference, KerasReference> places, KerasReference wanted, string prefix, string reader) =>
        places.TryGetValue(wanted, out KerasReference found) ? found
        : places.TryGetValue(wanted with { Tensor = 0 }, out KerasReference first) && first.Layer == prefix + wanted.Layer
            ? first with { Tensor = wanted.Tensor }
        : throw new ModelFormatException(
            $"layer '{prefix}{reader}': '{wanted}', which it reads, is no output of a layer before it.");

    private static void RequireInputs(KerasNetwork network, string prefix, KerasReference[]? given)
    {
        int expected = Math.Max(1, network.Inputs.Count);
        if (given is not null && given.Length != expected)
        {
            throw new ModelFormatException(
                $"layer '{prefix.TrimEnd('/')}': the model takes {expected} input{(expected == 1 ? "" : "s")}, found {given.Length} that "
                + "it is called with.");
        }
    }
}
