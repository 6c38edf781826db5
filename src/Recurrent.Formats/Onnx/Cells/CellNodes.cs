using Google.Protobuf;

namespace Recurrent.Formats.Onnx;

/// <summary>The nodes of a recurrent layer with one step, of weights as PyTorch's cells have them.</summary>
/// <param name="operatorSet">The operator set, on which it depends where axes are said.</param>
internal sealed class CellNodes(long operatorSet)
{
    private const int AxesAreInputs = 13;
    private const int SlicesAreInputs = 10;

    private readonly List<NodeProto> _nodes = [];
    private string _prefix = "";

    /// <summary>The nodes that make the new states of a cell.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="step">The name of its output at the step.</param>
    public IReadOnlyList<NodeProto> Of(CellPattern cell, string input, string step)
    {
        _nodes.Clear();
        _prefix = $"{cell.NewHidden}/";
        string weights = Unsqueeze(Gates(cell, ByOutput(cell.Input)));
        string recurrent = Unsqueeze(Gates(cell, ByOutput(cell.Hidden)));
        string bias = (cell.Input.Bias ?? cell.Hidden.Bias) is { } one
            ? Unsqueeze(Concat(Gates(cell, cell.Input.Bias ?? Zeros(one)), Gates(cell, cell.Hidden.Bias ?? Zeros(one))))
            : "";
        var layer = new NodeProto { OpType = cell.Kind, Name = $"{_prefix}{cell.Kind.ToLowerInvariant()}" };
        layer.Input.AddRange([Unsqueeze(input), weights, recurrent, bias, "", Unsqueeze(cell.Hidden.Value)]);
        layer.Output.AddRange([$"{_prefix}steps", $"{_prefix}hidden"]);
        layer.Attribute.Add(new AttributeProto { Name = "hidden_size", I = cell.Units, Type = 2 });
        if (cell.Cell is { } state)
        {
            layer.Input.Add(Unsqueeze(state));
            layer.Output.Add($"{_prefix}cell");
            Squeeze($"{_prefix}cell", cell.NewCell!, 0);
        }
        else if (cell.Kind == "GRU")
        {
            layer.Attribute.Add(new AttributeProto { Name = "linear_before_reset", I = 1, Type = 2 });
        }
        else
        {
            layer.Attribute.Add(new AttributeProto { Name = "activations", Strings = { ByteString.CopyFromUtf8(cell.Activation) }, Type = 8 });
            if (cell.Activation == CellPattern.Linear)
            {
                layer.Attribute.Add(new AttributeProto { Name = "activation_alpha", Floats = { 1 }, Type = 6 });
                layer.Attribute.Add(new AttributeProto { Name = "activation_beta", Floats = { 0 }, Type = 6 });
            }
        }

        _nodes.Add(layer);
        Squeeze($"{_prefix}hidden", cell.NewHidden, 0);
        Squeeze($"{_prefix}steps", step, 0, 1);
        return _nodes;
    }

    private string ByOutput(AffineMatch product)
    {
        string weights = product.IsByInput
            ? Add("Transpose", [product.Weights], NewName("transposed"), Integers("perm", 1, 0))
            : product.Weights;
        return product.IsPart ? Slice(weights, product.First, product.First + product.Inputs, 1) : weights;
    }

    private string Zeros(string like) => Add("Sub", [like, like], NewName("zeros"));

    /// <summary>The blocks of gates in ONNX's order.</summary>
    private string Gates(CellPattern cell, string tensor) =>
        Concat([.. cell.Order.Select(gate => Slice(tensor, gate * cell.Units, (gate + 1) * cell.Units))]);

    private string Slice(string tensor, long first, long end, long axis = 0) => operatorSet >= SlicesAreInputs
        ? Add("Slice", [tensor, Constant(first), Constant(end), Constant(axis)], NewName("gate"))
        : Add("Slice", [tensor], NewName("gate"), Integers("starts", first), Integers("ends", end), Integers("axes", axis));

    private string Concat(params string[] parts) =>
        Add("Concat", parts, NewName("joined"), new AttributeProto { Name = "axis", I = 0, Type = 2 });

    private string Unsqueeze(string value) => operatorSet >= AxesAreInputs
        ? Add("Unsqueeze", [value, Constant(0)], NewName("axis"))
        : Add("Unsqueeze", [value], NewName("axis"), Integers("axes", 0));

    private void Squeeze(string value, string output, params long[] axes) => _ = operatorSet >= AxesAreInputs
        ? Add("Squeeze", [value, Constant(axes)], output)
        : Add("Squeeze", [value], output, Integers("axes", axes));

    private string Constant(params long[] values) => Add("Constant", [], NewName("numbers"), Integers("value_ints", values));

    private string NewName(string kind) => $"{_prefix}{kind}_{_nodes.Count}";

    private string Add(string kind, string[] inputs, string output, params AttributeProto[] attributes)
    {
        _nodes.Add(new NodeProto
        {
            OpType = kind,
            Name = $"{output}/{kind.ToLowerInvariant()}",
            Input = { inputs },
            Output = { output },
            Attribute = { attributes },
        });
        return output;
    }

    private static AttributeProto Integers(string name, params long[] values) => new() { Name = name, Ints = { values }, Type = 7 };
}
