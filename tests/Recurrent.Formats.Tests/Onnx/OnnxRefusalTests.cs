using Recurrent.Formats.Onnx;
using static Recurrent.Formats.Tests.Onnx.GraphBuilder;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>What is not supported is refused with the operator, the node and the reason.</summary>
public sealed class OnnxRefusalTests
{
    private static readonly Dictionary<string, (Func<GraphBuilder> Graph, string Message)> Cases = new()
    {
        ["convolution of four dimensions"] = (
            () => Lstm().Weights("K", 2, 2, 3, 3).Node("Conv", "y K", "out"), "node 'conv1' (Conv): expected a sequence as [batch, features, time]"),
        ["transposed convolution"] = (() => Lstm().Node("ConvTranspose", "y", "out"), "(ConvTranspose): a transposed convolution makes several steps of one"),
        ["loop"] = (() => Lstm().Node("Loop", "y", "out"), "(Loop): expected a body"),
        ["if"] = (() => Lstm().Node("If", "y", "out"), "(If): control flow"),
        ["log softmax over time"] = (
            () => Lstm().Node("LogSoftmax", "y", "out", Integer("axis", 0)), "only a log softmax over the features of a step is a layer"),
        ["mean over everything"] = (() => Lstm().Node("ReduceMean", "y", "out"), "(ReduceMean): expected the features or the steps of data"),
        ["unknown"] = (() => Lstm().Node("Frobnicate", "y", "out"), "(Frobnicate): this operator"),
        ["mixed paths"] = (() => Lstm().Node("Div", "y y", "out"), "(Div): only sums, differences and products of two paths"),
        ["cell state as the output"] = (() => Lstm().Node("Identity", "c", "out"), "output 'out': expected a sequence, a last step"),
        ["reshape across axes"] = (() => Lstm().Integers("s", -1, 3).Node("Reshape", "y s", "out"), "would divide or mix axes"),
        ["softmax over the batch"] = (() => Lstm().Node("Softmax", "y", "out", Integer("axis", 2)), "over the features of a step or over time"),
        ["middle step"] = (() => Lstm().Scalar("i", 1).Node("Gather", "y i", "out"), "only the last step can be taken"),
        ["wrong matrix"] = (() => Lstm().Weights("K", 5, 1).Node("MatMul", "y K", "out"), "expected a shape with 2 features"),
        ["cycle"] = (() => Lstm().Node("Relu", "b", "a").Node("Relu", "a", "b").Node("Add", "y a", "out"), "cycle"),
        ["missing value"] = (() => Lstm().Node("Relu", "nothing", "out"), "nothing in the graph makes its input 'nothing'"),
        ["twice the same name"] = (() => Lstm().Node("Relu", "y", "y"), "the name 'y'"),
        ["no output"] = (() => Lstm(), "output 'out': nothing in the graph makes it"),
        ["numbers of rows beside numbers"] = (
            () => Lstm().Node("Shape", "x", "s").Scalar("i", 1).Node("Gather", "s i", "b").Scalar("zero", 0).Scalar("one", 1)
                .Node("Range", "zero b one", "r").Integers("k", 3).Node("Concat", "r k", "places", Integer("axis", 0)).Node("Reshape", "y places", "out"),
            "(Concat): cannot join the numbers of"),
        ["domain"] = (() => Domain(Lstm().Node("Gelu", "y", "out")), "(com.microsoft.Gelu): only operators of ONNX itself"),
        ["W of another shape"] = (
            () => Lstm(w: 3).Node("Relu", "y", "out"), "node 'lstm0' (LSTM): Input W must have shape {1,8,3}, found {1,12,3}"),
        ["clip below zero"] = (() => Lstm(Single("clip", -1)).Node("Relu", "y", "out"), "clip: expected a value above 0"),
        ["direction"] = (() => Lstm(Text("direction", "sideways")).Node("Relu", "y", "out"), "found 'sideways'"),
        ["layout"] = (() => Lstm(Integer("layout", 2)).Node("Relu", "y", "out"), "layout: expected 0 or 1"),
        ["hidden size"] = (() => Lstm(Integer("hidden_size", -1)).Node("Relu", "y", "out"), "hidden_size: expected 1 to"),
        ["activation"] = (
            () => Lstm(Texts("activations", "Swish", "Tanh", "Tanh")).Node("Relu", "y", "out"), "'Swish' is not a function"),
        ["too few activations"] = (() => Lstm(Texts("activations", "Tanh")).Node("Relu", "y", "out"), "expected 3 for each"),
        ["attribute of another type"] = (() => Lstm(Single("layout", 1)).Node("Relu", "y", "out"), "'layout' is no integer"),
        ["large fill"] = (() => Lstm().Integers("s", 1 << 20, 1 << 20).Node("ConstantOfShape", "s", "z").Node("Add", "y z", "out"),
            "(ConstantOfShape): computing"),
        ["weights that are computed"] = (() => new GraphBuilder().Input("x", 0, 0, 3).Input("w", 1, 8, 3).Weights("R", 1, 8, 2)
            .Node("LSTM", "x w R", "out"), "(LSTM): W must be a constant"),
        ["different batch rows"] = (() => Lstm(initial: true).Node("Relu", "y", "out"), "the same in every row of the batch"),
        ["sequence in segments"] = (() => Lstm().Node("SplitToSequence", "y", "out"), "(SplitToSequence)"),
    };

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_graph_is_refused_with_the_reason(string name)
    {
        (Func<GraphBuilder> graph, string message) = Cases[name];

        ModelFormatException refusal = Assert.Throws<ModelFormatException>(() => graph().Output("out").File().ToModel());

        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_very_deep_graph_is_read()
    {
        // With weights that nothing uses: a graph of nothing but nodes may ask for less memory than it takes.
        GraphBuilder graph = Lstm().Constant("unused", [1 << 20], new float[1 << 20]);
        string value = "y";
        for (int i = 0; i < 20_000; i++)
        {
            graph.Node("Identity", value, $"v{i}");
            value = $"v{i}";
        }

        Assert.Single(graph.Node("Identity", value, "out").Output("out").File().ToModel().Definition.Layers);
    }

    [Fact]
    public void Messages_nested_without_end_are_skipped_or_refused()
    {
        byte[] nested = [.. Enumerable.Repeat<byte[]>([0x2A, 0x7F], 100_000).SelectMany(bytes => bytes)];

        Assert.Throws<ModelFormatException>(() => OnnxFile.Parse(nested));
    }

    [Fact]
    public void A_graph_of_nothing_but_empty_nodes_is_refused_in_little_memory()
    {
        byte[] nodes = [.. Enumerable.Repeat<byte[]>([0x0A, 0x00], 1_000_000).SelectMany(bytes => bytes)];
        byte[] file = [0x3A, 0x80, 0x89, 0x7A, .. nodes];
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Throws<ModelFormatException>(() => OnnxFile.Parse(file));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
    }

    private static GraphBuilder Lstm(params AttributeProto[] attributes) => Lstm(2, false, attributes);

    private static GraphBuilder Lstm(int w = 2, bool initial = false, params AttributeProto[] attributes) =>
        new GraphBuilder().Input("x", 0, 0, 3)
            .Weights("W", 1, 4 * w, 3).Weights("R", 1, 8, 2).Weights("B", 1, 16).Weights("h0", 1, 2, 2)
            .Node("LSTM", initial ? "x W R B - h0" : "x W R B", "y h c", attributes);

    private static GraphBuilder Domain(GraphBuilder graph)
    {
        graph.Graph.Node[^1].Domain = "com.microsoft";
        return graph;
    }
}
