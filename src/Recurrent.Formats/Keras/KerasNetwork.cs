namespace Recurrent.Formats.Keras;

/// <summary>The layers of a Keras model, each behind those that it reads.</summary>
/// <param name="Layers">The layers. Those of a <c>Sequential</c> model read the one before.</param>
/// <param name="Written">The same in the order of the file.</param>
/// <param name="Inputs">The names of the input layers, in the order in which the model takes them.</param>
/// <param name="Outputs">The names of the layers whose outputs are put out.</param>
internal sealed record KerasNetwork(
    IReadOnlyList<KerasLayer> Layers,
    IReadOnlyList<KerasLayer> Written,
    IReadOnlyList<string> Inputs,
    IReadOnlyList<string> Outputs)
{
    /// <summary>
    /// Whether a list of layers says it all: each reads the one before, with an <c>Add</c> here and there that goes back to an
    /// earlier one, and no layer makes steps of a row or joins directions.
    /// </summary>
    public bool IsList => Outputs.SequenceEqual([Layers[^1].Name])
        && Enumerable.Range(0, Layers.Count).All(i => Follows(i) && !NeedsGraph(Layers[i]));

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
            Layers = [input, first with { Inputs = [input.Name] }, .. Layers.Skip(1)],
            Inputs = [input.Name],
        };
    }

    private static bool NeedsGraph(KerasLayer layer) => layer.Kind switch
    {
        "RepeatVector" => true,
        "Bidirectional" => layer.Config.Find("merge_mode") is { IsText: true } mode
            && mode.Text() is ("sum" or "ave" or "mul"),
        _ => false,
    };

    private bool Follows(int index)
    {
        KerasLayer layer = Layers[index];
        if (index == 0)
        {
            return layer.Inputs.Count == 0;
        }

        string last = Layers[index - 1].Name;
        return layer.Kind == "Add"
            ? layer.Inputs is [string one, string other] && (one == last || other == last) && one != other
            : layer.Inputs is [string input] && input == last;
    }
}
