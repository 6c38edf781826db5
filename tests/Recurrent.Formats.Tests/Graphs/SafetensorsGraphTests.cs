using System.Text.Json.Nodes;
using Recurrent.Layers;

namespace Recurrent.Formats.Tests.Graphs;

/// <summary>Graphs in the metadata of a safetensors file.</summary>
public sealed class SafetensorsGraphTests
{
    public static TheoryData<string> Models => [.. GraphModels.Names];

    [Theory]
    [MemberData(nameof(Models))]
    public void A_graph_is_the_same_after_export_and_import(string name)
    {
        ModelDefinition definition = GraphModels.Of(name, SequenceLayout.BatchMajor);

        ImportedModel found = WriteAndRead(definition);

        DefinitionAssert.Same(definition, found.Definition);
        Assert.Empty(found.Notes);
        Assert.Equal(found.Definition.Layers.Count, found.LayerNames.Count);
    }

    [Fact]
    public void A_chain_has_no_graph_in_its_file()
    {
        SafetensorsWriter writer = PyTorchExport.ToWriter(new ModelDefinition([GraphModels.Lstm(3, 4, new Random(1))]));

        Assert.DoesNotContain("graph", writer.Metadata["recurrent.model"], StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_that_read_one_another_are_one_module_and_others_are_not()
    {
        Random random = new(1);
        ModelDefinition parallel = new(
            [ModelInput.Sequence("x", 4)],
            [new(GraphModels.Lstm(4, 4, random), 0), new(GraphModels.Lstm(4, 4, random), 0), new(new SumLayer(4), 1, 2)],
            [new("y", 3)]);

        ImportedModel found = WriteAndRead(parallel);

        Assert.Equal(["lstm", "lstm2", "sum"], found.LayerNames);
        DefinitionAssert.Same(parallel, found.Definition);
        Assert.Equal(
            ["lstm[0]", "lstm[1]", "linear"], WriteAndRead(GraphModels.Of("named chain")).LayerNames);
    }

    [Fact]
    public void A_module_list_repeats_the_last_step_of_the_module_before()
    {
        Random random = new(3);
        SafetensorsWriter writer = PyTorchExport.ToWriter(
            new ModelDefinition([GraphModels.Lstm(3, 4, random), new SoftmaxLayer(4), GraphModels.Gru(4, 3, random)]));
        writer.Metadata.Remove("recurrent.model");
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model.safetensors");
        writer.Save(path);

        ImportedModel model = ModelFile.Load(path, new ImportOptions
        {
            Modules = ["lstm", "repeat", "gru"],
            Output = ModelOutput.EveryStep,
            Layout = SequenceLayout.BatchMajor,
        });

        Assert.Equal(["lstm", "lstm.last_step", "repeat", "gru"], model.LayerNames);
        Assert.IsType<LastStepLayer>(model.Definition.Layers[1]);
        Assert.Equal(0, Assert.IsType<RepeatLayer>(model.Definition.Layers[2]).Specification.Steps);
    }

    [Theory]
    [InlineData("""$.graph.reads[1] = [9]""", "layer 1 reads value 9, expected one before its own, 0 to 2")]
    [InlineData("""$.graph.reads[1] = [3]""", "layer 1 reads value 3, expected one before its own, 0 to 2")]
    [InlineData("""$.graph.reads[1] = [-1]""", "reads[1][0]")]
    [InlineData("""$.graph.reads[1] = []""", "expected values that layer 1, 'final_state', reads, found none")]
    [InlineData("""$.graph.reads[1] = [1]""", "expected a sequence to read, found a row, input 1")]
    [InlineData("""$.graph.reads[1] = "0" """, "expected an array")]
    [InlineData("""$.graph.reads = [[0]]""", "expected what layer 1, 'final_state', reads, found 1 layers")]
    [InlineData("""$.graph.reads[5] = [0]""", "expected what each of 5 layers reads, found 6")]
    [InlineData("""$.graph.inputs = []""", "reads value 0")]
    [InlineData("""$.graph.inputs[0].size = 4""", "expected InputSize 4")]
    [InlineData("""$.graph.inputs[0].size = 2000000""", "size")]
    [InlineData("""$.graph.inputs[0].kind = "Cube" """, "one of Sequence, Row, Indices")]
    [InlineData("""$.graph.inputs[0].kind = "Row" """, "expected a sequence or indices among them")]
    [InlineData("""$.graph.inputs[0].name = "" """, "expected a name of 1 to 256 characters")]
    [InlineData("""$.graph.inputs[1].name = "x" """, "expected a name of its own")]
    [InlineData("""$.graph.outputs = []""", "expected 1 to 1024 outputs, found 0")]
    [InlineData("""$.graph.outputs[0].value = 0""", "expected the value of a layer, 2 to 6, found 0")]
    [InlineData("""$.graph.outputs[0].value = 7""", "expected the value of a layer, 2 to 6, found 7")]
    [InlineData("""$.modules[1] = "slice(6,4)" """, "'slice(6,4)', which reads 8 features")]
    [InlineData("""$.modules[1] = "slice(2)" """, "'slice(2)': expected one of concatenation")]
    [InlineData("""$.modules[1] = "repeat(x)" """, "'repeat(x)'")]
    [InlineData("""$.modules[1] = "last_steps(0)" """, "'last_steps(0)'")]
    [InlineData("""$.modules[1] = "last_steps(99999999999)" """, "'last_steps(99999999999)'")]
    public void What_does_not_fit_is_refused(string change, string expected)
    {
        SafetensorsWriter writer = PyTorchExport.ToWriter(GraphModels.Of("joined late"));
        JsonNode json = JsonNode.Parse(writer.Metadata["recurrent.model"])!;
        Change(json, change);
        writer.Metadata["recurrent.model"] = json.ToJsonString();
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model.safetensors");
        writer.Save(path);

        var refusal = Assert.Throws<ModelFormatException>(() => ModelFile.Load(path));

        Assert.Contains(expected, refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Another_output_than_the_named_ones_is_refused()
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model.safetensors");
        PyTorchExport.Save(GraphModels.Of("heads"), path);

        var refusal = Assert.Throws<ModelFormatException>(
            () => ModelFile.Load(path, new ImportOptions { Output = ModelOutput.LastStep }));

        Assert.Contains("puts out values by name, 'steps', 'class'", refusal.Message, StringComparison.Ordinal);
    }

    private static ImportedModel WriteAndRead(ModelDefinition definition)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "model.safetensors");
        PyTorchExport.Save(definition, path);
        return ModelFile.Load(path);
    }

    /// <summary>Sets what a path such as <c>$.graph.reads[1]</c> names.</summary>
    private static void Change(JsonNode json, string change)
    {
        string[] sides = change.Split(" = ", 2);
        string[] steps = sides[0].Replace("[", ".", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal).Split('.');
        JsonNode at = json;
        foreach (string step in steps[1..^1])
        {
            at = int.TryParse(step, out int index) ? at[index]! : at[step]!;
        }

        JsonNode? value = JsonNode.Parse(sides[1]);
        if (!int.TryParse(steps[^1], out int last))
        {
            at[steps[^1]] = value;
        }
        else if (last < at.AsArray().Count)
        {
            at[last] = value;
        }
        else
        {
            at.AsArray().Add(value);
        }
    }
}
