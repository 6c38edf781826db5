using Recurrent.Formats.Json;

namespace Recurrent.Formats.Keras;

/// <summary>The layers of a Keras model, each behind those that it reads.</summary>
/// <param name="Layers">The layers. Those of a <c>Sequential</c> model read the one before.</param>
/// <param name="Written">The layers in the order of the file, each once.</param>
/// <param name="Inputs">The names of the input layers, in the order in which the model takes them.</param>
/// <param name="Outputs">What the model outputs.</param>
/// <param name="OutputNames">What the outputs are called.</param>
internal sealed record KerasNetwork(
    IReadOnlyList<KerasLayer> Layers,
    IReadOnlyList<KerasLayer> Written,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<KerasReference> Outputs,
    IReadOnlyList<string> OutputNames)
{
    /// <summary>
    /// Whether a list of layers says it all: each reads the one before, with an <c>Add</c> here and there that goes back to an
    /// earlier one of as many steps, and no layer makes steps of a row, a row of steps, or joins directions.
    /// </summary>
    public bool IsList => Outputs.SequenceEqual([Layers[^1].Output])
        && Enumerable.Range(0, Layers.Count).All(Follows)
        && !(Layers.Any(layer => layer.Kind == "Add") && Layers.Any(layer => KerasWindows.IsKnown(layer.Kind) || KerasSteps.MovesEnds(layer.Kind)))
        && !NeedsGraph();

    /// <summary>The same network with an input layer in front, where the first layer only has its shape.</summary>
    public KerasNetwork WithInput()
    {
        if (Layers.Any(layer => layer.IsInput))
        {
            return this;
        }

        KerasLayer first = Layers[0];
        var input = new KerasLayer(KerasLayer.InputKind, first.Name + "_input", first.Config, []);
        return this with
        {
            Layers = [input, first with { Inputs = [input.Output] }, .. Layers.Skip(1)],
            Inputs = [input.Name],
        };
    }

    private bool NeedsGraph()
    {
        if (KerasInput.InnerOf(Layers[0].Config) is not null)
        {
            return true;
        }

        bool hasSteps = Layers[0].Kind == "Embedding" || KerasInput.ShapeOf(Layers[0].Config) is not { Count: KerasInput.RowAxes };
        foreach (KerasLayer layer in Layers)
        {
            bool needsGraph = layer.Kind switch
            {
                "RepeatVector" or "Permute" or "GlobalAveragePooling1D" or "GlobalMaxPooling1D" => true,
                var kind when KerasSteps.MakesSteps(kind) => true,
                "Flatten" => hasSteps && !layer.IsPerStep,
                "Reshape" => (hasSteps && !layer.IsPerStep) || layer.Config["target_shape"].Items().Count > 1,
                "Bidirectional" => layer.Config.Find("merge_mode") is { IsText: true } mode
                    && mode.Text() is ("sum" or "ave" or "mul"),
                "TimeDistributed" => layer.Config.Find("layer")?.Find("config") is { } inner && KerasActivationLayers.IsGated(inner),
                _ => KerasActivationLayers.IsGated(layer.Config),
            };
            if (needsGraph)
            {
                return true;
            }

            hasSteps &= !IsLastOfItsSteps(layer);
        }

        return false;
    }

    private static bool IsLastOfItsSteps(KerasLayer layer)
    {
        JsonValue config = layer.Kind == "Bidirectional" ? layer.Config["layer"]["config"] : layer.Config;
        return (layer.Kind == "Bidirectional" || KerasCell.IsKnown(layer.Kind))
            && !(config.Find("return_sequences")?.Flag() ?? false);
    }

    private bool Follows(int index)
    {
        KerasLayer layer = Layers[index];
        if (index == 0)
        {
            return layer.Inputs.Count == 0;
        }

        KerasReference last = Layers[index - 1].Output;
        return layer.Kind == "Add"
            ? layer.Inputs is [KerasReference one, KerasReference other] && (one == last || other == last) && one != other
            : layer.Inputs is [KerasReference input] && input == last;
    }
}
