using Recurrent.Layers;
using Recurrent.Reference;
using static Recurrent.Formats.Tests.Onnx.GraphBuilder;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>
/// Outputs and inputs whose values lie in another order than the model's: what a plain run gives has the file's order, or the
/// file is refused, or a note tells of it.
/// </summary>
public sealed class OnnxOrderTests
{
    private const int Time = 4;
    private const int Batch = 3;
    private const int Input = 3;
    private const int Hidden = 2;

    private static readonly float[] Sequence = [.. Enumerable.Range(0, Time * Batch * Input).Select(i => MathF.Sin(i * 1.7f))];

    [Theory]
    [InlineData(new long[] { 1, 0, 2 }, new[] { 1, 0, 2 })]
    [InlineData(new long[] { 1, 2, 0 }, new[] { 1, 2, 0 })]
    public void Steps_and_features_in_one_dimension_are_a_row_in_the_order_of_the_file(long[] order, int[] axes)
    {
        float[] sequence = Predict(Lstm(Time).Integers("one", 1).Node("Squeeze", "y one", "out").Output("out"));
        ImportedModel flat = Lstm(Time).Integers("one", 1).Node("Squeeze", "y one", "s")
            .Node("Transpose", "s", "t", IntegerList("perm", order)).Node("Flatten", "t", "out").Output("out").File().ToModel();

        OutputValue output = Assert.Single(flat.Definition.Outputs);
        Assert.Equal((ValueKind.Row, Time * Hidden), (output.Kind, output.Size));
        Assert.Equal(Transposed(sequence, [Time, Batch, Hidden], axes), Predict(flat.Definition));
    }

    [Fact]
    public void Both_directions_of_every_step_are_a_row()
    {
        float[] sequence = Predict(Lstm(Time, 2).Node("Transpose", "y", "t", IntegerList("perm", 0, 2, 1, 3))
            .Integers("shape", 0, 0, -1).Node("Reshape", "t shape", "out").Output("out"));
        float[] row = Predict(Lstm(Time, 2).Node("Transpose", "y", "t", IntegerList("perm", 2, 0, 1, 3))
            .Integers("shape", 0, -1).Node("Reshape", "t shape", "out").Output("out"));

        Assert.Equal(Transposed(sequence, [Time, Batch, 2 * Hidden], [1, 0, 2]), row);
    }

    [Theory]
    [InlineData(new long[] { 1, 0, 2 }, new long[] { 0, -1 })]
    [InlineData(new long[] { 1, 2, 0 }, new long[] { 0, -1 })]
    [InlineData(new long[] { 1, 0, 2 }, new long[] { -1, Hidden })]
    public void What_no_row_can_be_is_refused_where_the_order_is_another(long[] order, long[] shape)
    {
        GraphBuilder graph = Lstm(0).Integers("one", 1).Node("Squeeze", "y one", "s")
            .Node("Transpose", "s", "t", IntegerList("perm", order)).Integers("shape", shape).Node("Reshape", "t shape", "out").Output("out");

        string message = Assert.Throws<ModelFormatException>(() => graph.File().ToModel()).Message;

        Assert.Contains("output 'out': the file has [batch, ", message, StringComparison.Ordinal);
        Assert.Contains("a run gives [time, batch, features]; ImportOptions.Layout says", message, StringComparison.Ordinal);
        Assert.Equal(
            SequenceLayout.BatchMajor,
            graph.File().ToModel(new ImportOptions { Layout = SequenceLayout.BatchMajor }).Definition.Layout);
        Assert.NotEmpty(graph.File().Bind(new Dictionary<string, OnnxTensor>()).Outputs);
    }

    [Fact]
    public void Steps_of_rows_in_one_dimension_are_a_sequence_where_the_order_is_the_same()
    {
        GraphBuilder graph = Lstm(0).Integers("one", 1).Node("Squeeze", "y one", "s")
            .Integers("shape", -1, Hidden).Node("Reshape", "s shape", "out").Output("out");

        Assert.Empty(graph.File().ToModel().Notes);
    }

    [Fact]
    public void Rows_whose_steps_the_graph_makes_are_refused_by_the_name_of_the_input()
    {
        GraphBuilder graph = new GraphBuilder().Input("x", 0, 4 * Input).Recurrent("", 4, 1, Input, Hidden)
            .Integers("shape", 0, 4, Input).Node("Reshape", "x shape", "steps").Node("Transpose", "steps", "t", IntegerList("perm", 1, 0, 2))
            .Node("LSTM", "t W R B", "y", Integer("hidden_size", Hidden)).Integers("one", 1).Node("Squeeze", "y one", "out").Output("out");

        string message = Assert.Throws<ModelFormatException>(() => graph.File().ToModel()).Message;

        Assert.Contains("input 'x': expected a sequence or indices", message, StringComparison.Ordinal);
        Assert.DoesNotContain("Parameter", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_input_in_another_order_of_steps_and_rows_is_told()
    {
        GraphBuilder graph = Lstm(0).Input("z", 0, 0, Hidden).Integers("one", 1).Node("Squeeze", "y one", "s")
            .Node("Transpose", "z", "t", IntegerList("perm", 1, 0, 2)).Node("Add", "s t", "out").Output("out");

        ImportNote note = Assert.Single(graph.File().ToModel().Notes, note => note.Subject == "z");

        Assert.Equal(
            "inputs are given in the model's order of axes, [time, batch, features]; the graph has [batch, time, features]",
            note.Message);
    }

    [Fact]
    public void Final_states_of_both_directions_that_do_not_lie_side_by_side_are_told()
    {
        ImportedModel states = Lstm(0, 2).Node("Identity", "h", "out").Output("out").File().ToModel();
        ImportedModel rows = Lstm(0, 2).Node("Transpose", "h", "out", IntegerList("perm", 1, 0, 2)).Output("out").File().ToModel();

        Assert.Equal(
            "outputs come in the model's order of axes, [batch, direction, features]; the graph has [direction, batch, features]",
            Assert.Single(states.Notes).Message);
        Assert.Empty(rows.Notes);
    }

    private static GraphBuilder Lstm(int time, int directions = 1) => new GraphBuilder().Input("x", time, 0, Input)
        .Recurrent("", 4, directions, Input, Hidden)
        .Node(
            "LSTM", "x W R B", "y h c", Integer("hidden_size", Hidden), Text("direction", directions == 2 ? "bidirectional" : "forward"));

    private static float[] Predict(GraphBuilder graph) => Predict(graph.File().ToModel().Definition);

    private static float[] Predict(ModelDefinition definition) => Assert.Single(ReferenceModel<float>.Create(definition)
        .Predict([new InputBuffer<float>(definition.Inputs[0].Name, Sequence)], Batch, Time));

    private static float[] Transposed(float[] values, int[] lengths, int[] order)
    {
        int[] strides = [lengths[1] * lengths[2], lengths[2], 1];
        return
        [
            .. from a in Enumerable.Range(0, lengths[order[0]])
               from b in Enumerable.Range(0, lengths[order[1]])
               from c in Enumerable.Range(0, lengths[order[2]])
               select values[(a * strides[order[0]]) + (b * strides[order[1]]) + (c * strides[order[2]])],
        ];
    }
}
