using System.Text.Json;
using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// What the layers of a model read and which values are put out, as a file describes it: where the layers do not just
/// follow each other, or values have names of their own.
/// </summary>
/// <param name="Inputs">The model's inputs.</param>
/// <param name="Reads">Of each layer the numbers of the values that it reads.</param>
/// <param name="Outputs">The values that are put out.</param>
internal sealed record SavedGraph(
    IReadOnlyList<ModelInput> Inputs, IReadOnlyList<IReadOnlyList<int>> Reads, IReadOnlyList<NamedOutput> Outputs)
{
    // Values are inputs and layers; a layer may read each of them.
    private const int MostValues = 2 * LayerListBuilder.MaxLayers;

    /// <summary>The graph of a model; null for one that a list of layers describes.</summary>
    public static SavedGraph? Of(ModelDefinition definition) =>
        definition.IsChain && definition.Inputs[0].Name == "x" && definition.Outputs[0].Name == "y"
            ? null
            : new SavedGraph(
                definition.Inputs,
                [.. definition.Nodes.Select(node => node.Inputs)],
                [.. definition.Outputs.Select(output => new NamedOutput(output.Name, output.Value))]);

    public static SavedGraph Read(JsonValue graph) => new(
        [.. graph["inputs"].Items().Select(ReadInput)],
        [.. graph["reads"].Items().Select(reads =>
            (IReadOnlyList<int>)[.. reads.Items(MostValues).Select(value => value.Integer(0, MostValues))])],
        [.. graph["outputs"].Items().Select(output =>
            new NamedOutput(output["name"].Text(), output["value"].Integer(0, MostValues)))]);

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("graph");
        json.WriteStartArray("inputs");
        foreach (ModelInput input in Inputs)
        {
            json.WriteStartObject();
            json.WriteString("name", input.Name);
            json.WriteString("kind", input.Kind.ToString());
            json.WriteNumber("size", input.Size);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("reads");
        foreach (IReadOnlyList<int> reads in Reads)
        {
            json.WriteStartArray();
            foreach (int value in reads)
            {
                json.WriteNumberValue(value);
            }

            json.WriteEndArray();
        }

        json.WriteEndArray();
        json.WriteStartArray("outputs");
        foreach (NamedOutput output in Outputs)
        {
            json.WriteStartObject();
            json.WriteString("name", output.Name);
            json.WriteNumber("value", output.Value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static ModelInput ReadInput(JsonValue input) =>
        new(input["name"].Text(), SavedModel.ReadEnum<ValueKind>(input["kind"]), input["size"].Size());
}
