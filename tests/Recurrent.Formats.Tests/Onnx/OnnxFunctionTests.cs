using Recurrent.Formats.Onnx;
using Recurrent.Layers;
using static Recurrent.Formats.Tests.Onnx.GraphBuilder;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>Functions of a file's own, and <c>Scan</c>: what a file may ask for by them, and what is refused.</summary>
public sealed class OnnxFunctionTests
{
    private const int Input = 3;

    [Fact]
    public void A_function_that_puts_out_its_input_or_a_value_twice_gives_that_value()
    {
        GraphBuilder graph = Model().Node("twice", "x", "a b c").Node("Add", "b c", "sum").Node("Add", "sum a", "out").Output("out");
        Domain(graph);
        graph.Model.Functions.Add(Function("twice", ["x"], ["x", "t", "t"], Call("Tanh", "x", "t", domain: "")));

        ModelDefinition definition = graph.File().ToModel().Definition;

        Assert.Single(definition.Layers.OfType<ActivationLayer>());
        Assert.Equal(2, definition.Layers.Count(layer => layer is SumLayer or ResidualLayer));
    }

    [Fact]
    public void A_function_that_calls_itself_is_refused()
    {
        GraphBuilder graph = Model().Node("again", "x", "out").Output("out");
        Domain(graph);
        graph.Model.Functions.Add(Function("again", ["x"], ["y"], Call("again", "x", "y")));

        Assert.Contains("at most 16 deep", Refusal(graph), StringComparison.Ordinal);
    }

    [Fact]
    public void Functions_that_double_the_nodes_again_and_again_are_refused()
    {
        GraphBuilder graph = Model().Node("f0", "x", "out").Output("out");
        Domain(graph);
        for (int i = 0; i < 15; i++)
        {
            string next = i == 14 ? "Tanh" : $"f{i + 1}";
            string domain = i == 14 ? "" : "pkg";
            NodeProto[] nodes = [.. Enumerable.Range(0, 8).Select(k => Call(next, k == 0 ? "x" : $"t{k}", $"t{k + 1}", domain))];
            graph.Model.Functions.Add(Function($"f{i}", ["x"], ["t8"], nodes));
        }

        Assert.Contains("the nodes of local functions", Refusal(graph), StringComparison.Ordinal);
    }

    [Fact]
    public void A_call_with_more_inputs_than_the_function_has_is_refused()
    {
        GraphBuilder graph = Model().Node("one", "x x", "out").Output("out");
        Domain(graph);
        graph.Model.Functions.Add(Function("one", ["x"], ["y"], Call("Tanh", "x", "y", domain: "")));

        Assert.Contains("expected at most 1 inputs", Refusal(graph), StringComparison.Ordinal);
    }

    [Fact]
    public void The_same_function_twice_is_refused()
    {
        GraphBuilder graph = Model().Node("one", "x", "out").Output("out");
        Domain(graph);
        for (int i = 0; i < 2; i++)
        {
            graph.Model.Functions.Add(Function("one", ["x"], ["y"], Call("Tanh", "x", "y", domain: "")));
        }

        Assert.Contains("'pkg.one' is there twice", Refusal(graph), StringComparison.Ordinal);
    }

    [Fact]
    public void The_order_that_an_input_is_taken_for_is_told()
    {
        GraphBuilder graph = Model().Recurrent("", 3, 1, Input, 2).Integers("zero", 0).Integers("one", 1).Integers("end", long.MaxValue)
            .Node("Slice", "x one end one", "rest").Node("Transpose", "rest", "t", IntegerList("perm", 1, 0, 2))
            .Node("GRU", "t W R B", "y", Integer("hidden_size", 2)).Node("Squeeze", "y one", "out").Output("out");

        ImportedModel model = graph.File().ToModel();

        Assert.Equal(SequenceLayout.BatchMajor, model.Definition.Layout);
        Assert.Contains(model.Notes, note => note.Subject == "x" && note.Message.StartsWith("its axes are taken for [batch, time, features]", StringComparison.Ordinal));
    }

    [Fact]
    public void A_sum_of_sorted_rows_and_others_is_refused()
    {
        GraphBuilder graph = Model().Input("n", 7, [0]).Recurrent("", 3, 1, Input, Input).Integers("one", 1)
            .Node("Shape", "n", "count").Node("TopK", "n count", "sorted order").Node("Gather", "x order", "rows")
            .Node("Transpose", "rows", "t", IntegerList("perm", 1, 0, 2)).Node("GRU", "t W R B", "y", Integer("hidden_size", Input))
            .Node("Squeeze", "y one", "s").Node("Transpose", "s", "back", IntegerList("perm", 1, 0, 2)).Node("Add", "back x", "out").Output("out");

        Assert.Contains("cannot join", Refusal(graph), StringComparison.Ordinal);
    }

    private static GraphBuilder Model() => new GraphBuilder().Input("x", 0, 0, Input);

    /// <summary>Gives the nodes whose operators are functions their domain.</summary>
    private static void Domain(GraphBuilder graph)
    {
        foreach (NodeProto node in graph.Graph.Node.Where(node => char.IsLower(node.OpType[0])))
        {
            node.Domain = "pkg";
        }
    }

    private static NodeProto Call(string operation, string input, string output, string domain = "pkg") =>
        new() { OpType = operation, Domain = domain, Input = { input }, Output = { output } };

    private static FunctionProto Function(string name, string[] inputs, string[] outputs, params NodeProto[] nodes) =>
        new() { Name = name, Domain = "pkg", Input = { inputs }, Output = { outputs }, Node = { nodes } };

    private static string Refusal(GraphBuilder graph) => Assert.Throws<ModelFormatException>(() => graph.File().ToModel()).Message;
}
