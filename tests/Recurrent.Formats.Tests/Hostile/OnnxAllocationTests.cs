using System.Diagnostics;
using Recurrent.Formats.Onnx;
using GraphBuilder = Recurrent.Formats.Tests.Onnx.GraphBuilder;

namespace Recurrent.Formats.Tests.Hostile;

/// <summary>A graph cannot ask for more memory than a multiple of the file's size, nor for time that it does not have.</summary>
public sealed class OnnxAllocationTests
{
    private const string TooMuch = "too much for a file of this size";

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Constants_out_of_nothing_are_refused(int type)
    {
        GraphBuilder graph = Graph().Integers("shape", 4 << 20);
        graph.Graph.Node.Add(new NodeProto
        {
            OpType = "ConstantOfShape",
            Input = { "shape" },
            Output = { "huge" },
            Attribute =
            {
                new AttributeProto
                {
                    Name = "value",
                    T = type == 1
                        ? new TensorProto { DataType = 1, Dims = { 1 }, FloatData = { 1 } }
                        : new TensorProto { DataType = 7, Dims = { 1 }, Int64Data = { 1 } },
                },
            },
        });

        AssertRefused(graph.Node("Add", "x huge", "y").Output("y"), TooMuch);
    }

    [Fact]
    public void Repetitions_are_refused() => AssertRefused(
        Graph().Constant("one", [1, 1], [1]).Integers("times", 2048, 2048).Node("Tile", "one times", "huge")
            .Node("Add", "x huge", "y").Output("y"),
        TooMuch);

    [Theory]
    [InlineData("Mul", " factor")]
    [InlineData("Add", " factor")]
    [InlineData("Neg", "")]
    public void Layers_over_features_that_are_only_spoken_of_are_refused(string operation, string factor)
    {
        GraphBuilder graph = new GraphBuilder().Input("x", 0, 0, 1 << 20).Constant("factor", [], [2]);
        for (int i = 0; i < 200; i++)
        {
            graph.Node(operation, (i == 0 ? "x" : $"v{i}") + factor, $"v{i + 1}");
        }

        AssertRefused(graph.Output("v200"), TooMuch);
    }

    [Fact]
    public void Shapes_that_double_are_refused()
    {
        GraphBuilder graph = Graph().Node("Shape", "x", "s0");
        for (int i = 0; i < 40; i++)
        {
            graph.Node("Concat", $"s{i} s{i}", $"s{i + 1}", GraphBuilder.Integer("axis", 0));
        }

        AssertRefused(graph.Node("Reshape", "x s40", "y").Output("y"), TooMuch);
    }

    [Fact]
    public void Products_of_lengths_that_double_are_refused()
    {
        GraphBuilder graph = Graph().Node("Shape", "x", "s").Scalar("zero", 0).Node("Gather", "s zero", "p0");
        for (int i = 0; i < 40; i++)
        {
            graph.Node("Mul", $"p{i} p{i}", $"p{i + 1}");
        }

        AssertRefused(graph.Node("Reshape", "x p40", "y").Output("y"), "cannot compute with");
    }

    [Fact]
    public void Elements_taken_one_by_one_take_no_more_than_their_share() => AssertRefused(
        Graph().Constant("table", [1, 4], new float[4]).Integers("indices", new long[200_000])
            .Node("Gather", "table indices", "rows").Node("Add", "x rows", "y").Output("y"),
        TooMuch);

    [Fact]
    public void Slices_of_one_weight_are_counted_each()
    {
        GraphBuilder graph = new GraphBuilder().Input("x", 0, 64).Weights("w", 65, 64)
            .Integers("zero", 0).Integers("rows", 64);
        for (int i = 0; i < 300; i++)
        {
            graph.Node("Slice", "w zero rows", $"w{i}")
                .Node("Gemm", $"{(i == 0 ? "x" : $"v{i}")} w{i}", $"v{i + 1}", GraphBuilder.Integer("transB", 1))
                .Node("Tanh", $"v{i + 1}", $"t{i + 1}");
        }

        AssertRefused(graph.Output("v300"), "too much for a file of this size");
    }

    [Fact]
    public void Parts_without_elements_take_no_time()
    {
        GraphBuilder graph = Graph().Constant("e0", [0], []).Constant("one", [1], [1]);
        for (int i = 0; i < 8; i++)
        {
            graph.Node(
                "Concat", string.Join(" ", Enumerable.Repeat($"e{i}", 60)), $"e{i + 1}", GraphBuilder.Integer("axis", 0));
        }

        graph.Node("Concat", "e8 one e8", "c", GraphBuilder.Integer("axis", 0)).Node("Mul", "x c", "y").Output("y");
        byte[] file = graph.Build();
        var watch = Stopwatch.StartNew();

        Assert.NotEmpty(OnnxFile.Parse(file).ToModel().Definition.Layers);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    // Messages of two bytes: a field of the graph, and a length of 0.
    [Theory]
    [InlineData(0x0A)]
    [InlineData(0x2A)]
    [InlineData(0x5A)]
    [InlineData(0x62)]
    public void Empty_messages_of_a_graph_take_no_more_than_their_share(byte tag) =>
        AssertGraphRefused([.. Enumerable.Repeat(new byte[] { tag, 0 }, 50_000).SelectMany(bytes => bytes)]);

    [Fact]
    public void Empty_entries_of_a_model_take_no_more_than_their_share()
    {
        byte[] file = [0x08, 0x07, .. Enumerable.Repeat(new byte[] { 0x72, 0 }, 50_000).SelectMany(bytes => bytes)];

        Allocation.AssertRefused(file.Length, () => OnnxFile.Parse(file), "would go beyond that");
    }

    [Fact]
    public void Attributes_and_dimensions_take_no_more_than_their_share()
    {
        AttributeProto numbers = GraphBuilder.IntegerList("axes", new long[100_000]);
        AssertRefused(Graph().Node("Squeeze", "x", "y", numbers).Output("y"), "");
        AssertRefused(Graph().Tensor(new TensorProto { Name = "t", Dims = { new long[100_000] } }).Output("x"), "");
        GraphBuilder shapes = Graph();
        shapes.Graph.Input[0].Type.TensorType.Shape.Dim.AddRange(
            Enumerable.Range(0, 30_000).Select(_ => new TensorShapeProto.Types.Dimension()));
        AssertRefused(shapes.Output("x"), "");
    }

    [Fact]
    public void Elements_in_many_places_take_no_more_than_their_share()
    {
        // int32_data and int64_data in turn, with a tag each.
        byte[] tensor = [.. Enumerable.Repeat(new byte[] { 0x28, 1, 0x38, 1 }, 30_000).SelectMany(bytes => bytes)];

        AssertGraphRefused([0x2A, .. Varint(tensor.Length), .. tensor]);
    }

    [Fact]
    public void Strings_of_nothing_take_no_more_than_their_share()
    {
        byte[] node = [.. Enumerable.Repeat(new byte[] { 0x0A, 0 }, 100_000).SelectMany(bytes => bytes)];

        AssertGraphRefused([0x0A, .. Varint(node.Length), .. node]);
    }

    private static GraphBuilder Graph() => new GraphBuilder().Input("x", 0, 0, 4);

    private static void AssertRefused(GraphBuilder graph, string reason)
    {
        byte[] file = graph.Build();
        Allocation.AssertRefused(file.Length, () => OnnxFile.Parse(file).ToModel(), reason);
    }

    private static void AssertGraphRefused(byte[] graph)
    {
        byte[] file = [0x3A, .. Varint(graph.Length), .. graph];
        Allocation.AssertRefused(file.Length, () => OnnxFile.Parse(file).ToModel(), "");
    }

    private static byte[] Varint(int value)
    {
        var bytes = new List<byte>();
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        return [.. bytes, (byte)value];
    }
}
