using Recurrent.Layers;
using Recurrent.Training;
using GraphBuilder = Recurrent.Formats.Tests.Onnx.GraphBuilder;

namespace Recurrent.Formats.Tests.Graphs;

/// <summary>Some features of a final state are what a layer makes of it, and not the state.</summary>
public sealed class OnnxStatePartTests
{
    [Theory]
    [InlineData(Direction.Forward)]
    [InlineData(Direction.Bidirectional)]
    public void A_part_of_a_final_state_is_an_output_beside_it(Direction direction)
    {
        Graph graph = new(seed: 1);
        GraphValue state = graph.Input("x", 3).Gru(4, direction).FinalState();
        ModelDefinition definition = graph.ToDefinition(("part", state.Slice(1, 2)), ("all", state));

        ModelDefinition read = WriteAndRead(definition);

        Assert.Equal(
            [("part", 2), ("all", definition.Outputs[1].Size)], read.Outputs.Select(output => (output.Name, output.Size)));
        Dictionary<string, int[]> expected = GraphRun.Compute(definition);
        Dictionary<string, int[]> found = GraphRun.Compute(read);
        Assert.Equal(expected["part"], found["part"]);
        Assert.Equal(expected["all"], found["all"]);
    }

    [Fact]
    public void A_part_of_a_final_state_is_all_that_is_put_out()
    {
        Graph graph = new(seed: 1);
        ModelDefinition definition = graph.ToDefinition(("part", graph.Input("x", 3).Gru(4).FinalState().Slice(1, 2)));

        ModelDefinition read = WriteAndRead(definition);

        Assert.Equal(2, read.OutputSize);
        Assert.Equal(GraphRun.Compute(definition)["part"], GraphRun.Compute(read).Single().Value);
    }

    [Fact]
    public void A_part_of_a_cell_state_is_refused_by_the_name_of_the_output()
    {
        OnnxFile file = new GraphBuilder().Input("x", 0, 0, 3)
            .Weights("W", 1, 16, 3).Weights("R", 1, 16, 4).Node("LSTM", "x W R", "y h c")
            .Integers("zero", 0).Node("Squeeze", "c zero", "cell")
            .Integers("begin", 1).Integers("end", 3).Node("Slice", "cell begin end begin", "part")
            .Node("Identity", "y", "sequence").Output("sequence", "part").File();

        var refusal = Assert.Throws<ModelFormatException>(() => file.ToModel());

        Assert.Contains("output 'part': expected all features of a cell state", refusal.Message, StringComparison.Ordinal);
    }

    private static ModelDefinition WriteAndRead(ModelDefinition definition)
    {
        using var stream = new MemoryStream();
        OnnxExport.Save(definition, stream);
        return OnnxFile.Parse(stream.ToArray()).ToModel().Definition;
    }
}
