using System.Text.Json;
using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>
/// A node of one recurrent operator with its inputs and outputs, as ONNX Runtime's operator tests have them.
/// </summary>
/// <param name="id">What it is called.</param>
/// <param name="source">Path of the file.</param>
/// <param name="json">The object of the file.</param>
/// <param name="options">How the graph is to be read.</param>
internal sealed class OnnxOperatorCase(string id, string source, JsonElement json, ImportOptions options)
    : IVerificationCase
{
    private const string Refused = "fail:";
    private const string Lengths = "sequence_lens";

    /// <summary>For tables that were rounded when they were written down.</summary>
    private static readonly PassRule Rounded = new(TorchFactor: 0, Relative: 0, Tiny: 0, Absolute: 1e-4);

    public string Id { get; } = id;

    public string Source { get; } = source;

    public ILoadedCase Load()
    {
        string expect = JsonStrings.Of(json.GetProperty("expect"), "expect");
        return expect switch
        {
            "ok" => Read(),
            _ when expect.StartsWith(Refused, StringComparison.Ordinal) =>
                new OnnxRefusal(Read, expect[Refused.Length..].Trim()),
            _ => throw new UnusableInputException($"expect: expected 'ok' or '{Refused} REASON', found '{expect}'."),
        };
    }

    private OnnxCase Read()
    {
        try
        {
            OnnxTensor?[] inputs = [.. json.GetProperty("inputs").EnumerateArray().Select(Input)];
            ExpectedTensor?[] outputs = [.. json.GetProperty("outputs").EnumerateArray().Select(Output)];
            return OnnxCase.InOrder(
                OnnxFile.Parse(Model(inputs, outputs)),
                inputs.OfType<OnnxTensor>().ToDictionary(tensor => tensor.Name),
                [.. outputs.OfType<ExpectedTensor>()],
                Rule(),
                options);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or FormatException
                                      and not ModelFormatException)
        {
            throw new UnusableInputException($"the case is not written as it should be: {e.Message}", e);
        }
    }

    /// <summary>How near a result has to be: as near as the case says, relative to the largest value.</summary>
    private PassRule Rule() =>
        json.TryGetProperty("relative", out JsonElement relative)
            ? new PassRule(TorchFactor: 0, relative.GetDouble(), Tiny: 0)
            : Rounded;

    private static OnnxTensor? Input(JsonElement input)
    {
        if (input.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        string name = input.GetProperty("name").GetString() ?? "";
        int[] dimensions = [.. input.GetProperty("dims").EnumerateArray().Select(length => length.GetInt32())];
        IEnumerable<JsonElement> data = input.GetProperty("data").EnumerateArray();
        return name == Lengths
            ? OnnxTensor.Create(name, dimensions, data.Select(value => value.GetInt64()).ToArray())
            : OnnxTensor.Create(name, dimensions, data.Select(value => value.GetSingle()).ToArray());
    }

    private static ExpectedTensor? Output(JsonElement output) =>
        output.ValueKind == JsonValueKind.Null
            ? null
            : new ExpectedTensor(
                output.GetProperty("name").GetString() ?? "",
                [.. output.GetProperty("dims").EnumerateArray().Select(length => length.GetInt64())],
                [.. output.GetProperty("data").EnumerateArray().Select(value => value.GetDouble())]);

    /// <summary>The bytes of a model of the one node; every tensor is an input of its graph.</summary>
    private byte[] Model(IReadOnlyList<OnnxTensor?> inputs, IReadOnlyList<ExpectedTensor?> outputs)
    {
        var model = new OnnxNodeModel();
        foreach (OnnxTensor tensor in inputs.OfType<OnnxTensor>())
        {
            model.AddInput(
                tensor.Name,
                tensor.Name == Lengths ? OnnxNodeModel.Int32Type : OnnxNodeModel.FloatType,
                [.. tensor.Dimensions.Select(length => (object)length)]);
        }

        foreach (ExpectedTensor tensor in outputs.OfType<ExpectedTensor>())
        {
            model.AddOutput(tensor.Name, OnnxNodeModel.FloatType, [.. tensor.Shape.Select(length => (object)length)]);
        }

        string[] outputNames = [.. outputs.Select(tensor => tensor?.Name ?? "")];
        if (outputNames.Length == 0)
        {
            // A case that is refused has no outputs, and a graph has to have one.
            outputNames = ["Y"];
            model.AddOutput("Y", OnnxNodeModel.FloatType, ["steps", "directions", "batch", "units"]);
        }

        model.AddNode(
            json.GetProperty("op").GetString() ?? "",
            inputs.Select(tensor => tensor?.Name ?? ""),
            outputNames,
            json.GetProperty("attributes").EnumerateObject().Select(Attribute));
        return model.ToArray(json.GetProperty("opset").GetInt32());
    }

    /// <summary>An attribute; whether a whole number is a float follows from the name.</summary>
    private static ProtobufMessage Attribute(JsonProperty property) => property switch
    {
        { Name: "clip" } => OnnxNodeModel.Attribute(property.Name, property.Value.GetSingle()),
        { Name: "activation_alpha" or "activation_beta" } => OnnxNodeModel.Attribute(
            property.Name, property.Value.EnumerateArray().Select(value => value.GetSingle())),
        { Value.ValueKind: JsonValueKind.String } => OnnxNodeModel.Attribute(
            property.Name, property.Value.GetString() ?? ""),
        { Value.ValueKind: JsonValueKind.Array } => OnnxNodeModel.Attribute(
            property.Name, property.Value.EnumerateArray().Select(value => value.GetString() ?? "")),
        _ => OnnxNodeModel.Attribute(property.Name, property.Value.GetInt64()),
    };
}
