using System.Text.Json.Nodes;
using Recurrent.Cli.Data;
using Recurrent.Cli.Tests.Commands;
using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Training;

namespace Recurrent.Cli.Tests.Verify;

/// <summary><c>recurrent verify</c> on a case whose model has several inputs and outputs.</summary>
public sealed class GraphCaseTests
{
    private const int Batch = 2;
    private const int Time = 5;

    [Theory]
    [InlineData("batch, time, features", "batch, time", "")]
    [InlineData("time, batch, features", "time, batch", "")]
    [InlineData("time, batch, features", "batch, time", "")]
    [InlineData("batch, time, features", "batch, time", "steps")]
    public void Inputs_and_outputs_go_by_their_names(string axes, string indexAxes, string left)
    {
        using var files = new CommandFiles();
        JsonObject entries = Write(files, axes, indexAxes);
        entries["outputs"]!.AsObject().Remove(left);

        CommandRun run = Verify(files, entries);

        Assert.Equal((0, "2 passed, 0 failed", ""), (run.ExitCode, run.LastLine, run.Error));
    }

    [Theory]
    [InlineData("state")]
    [InlineData("steps")]
    [InlineData("future")]
    public void A_wrong_value_of_any_output_fails(string output)
    {
        using var files = new CommandFiles();
        JsonObject entries = Write(files, "batch, time, features", "batch, time");
        string path = files.PathOf($"out.{output}.npy");
        byte[] bytes = File.ReadAllBytes(path);
        bytes[^1] ^= 0x40;
        File.WriteAllBytes(path, bytes);

        CommandRun run = Verify(files, entries);

        Assert.Equal((1, "0 passed, 2 failed"), (run.ExitCode, run.LastLine));
        Assert.Contains($" oracle {output}: error ", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("outputs", """{"z": "out.state.npy", "state": "out.state.npy"}""", "the model has no output 'z'; it has state, steps, future.")]
    [InlineData("outputs", """{"z": "out.state.npy"}""", "the model has no output 'z'")]
    [InlineData("outputs", """{"state": "out.steps.npy"}""", "expected the shape [2, 5, 3], found [2, 1, 2]")]
    [InlineData("inputs", """{"x": "in.x.npy"}""", "the model has the inputs static, x, day; the case has x.")]
    [InlineData("axes", """{"static": "time, features"}""", "input 'static': expected a row, without an axis of time; found the axes time, features")]
    [InlineData("axes", """{"static": "batch, time, features"}""", "input 'static': expected the axes batch, time, features, found the shape [2, 3]")]
    [InlineData("axes", """{"day": "batch, features"}""", "input 'day': expected a sequence, with an axis of time; found the axes batch, features")]
    [InlineData("axes", """{"day": "time, batch"}""", "expected 2 sequences of 5 steps, as in the inputs before")]
    [InlineData("axes", "\"batch, time, features\"", "axes: expected one text for one input")]
    public void What_does_not_fit_the_model_fails_with_the_reason(string field, string value, string reason)
    {
        using var files = new CommandFiles();
        JsonObject entries = Write(files, "batch, time, features", "batch, time");
        entries[field] = JsonNode.Parse(value);

        CommandRun run = Verify(files, entries);

        Assert.Equal((1, "0 passed, 2 failed"), (run.ExitCode, run.LastLine));
        Assert.Contains(reason, run.Output, StringComparison.Ordinal);
    }

    /// <summary>A model of a sequence, a row and indices; a row, every step and a forecast of three steps come out.</summary>
    private static JsonObject Write(CommandFiles files, string axes, string indexAxes)
    {
        Graph graph = new(seed: 1);
        GraphValue row = graph.RowInput("static", 3);
        GraphValue x = graph.Input("x", 2);
        GraphValue steps = x.Concatenate(graph.IndexInput("day", 7).Embedding(2)).Lstm(3);
        GraphValue state = steps.LastStep().Concatenate(row).Dense(2);
        ModelDefinition definition = graph.ToDefinition(
            ("state", state), ("steps", steps), ("future", state.Repeat(3).Gru(2))).WithLayout(SequenceLayout.BatchMajor);
        files.Save("model.safetensors", definition);

        var arrays = new Dictionary<string, DataArray>
        {
            ["x"] = new([Batch, Time, 2], Values(Batch * Time * 2)),
            ["static"] = new([Batch, 3], Values(Batch * 3)),
            ["day"] = new([Batch, Time], [.. Enumerable.Range(0, Batch * Time).Select(i => (float)(i * 3 % 7))]),
        };
        InputBuffer<float>[] inputs =
        [
            .. definition.Inputs.Select(input => input.Kind == ValueKind.Indices
                ? new InputBuffer<float>(input.Name, (int[])[.. arrays[input.Name].Values.Select(value => (int)value)])
                : new InputBuffer<float>(input.Name, (ReadOnlyMemory<float>)arrays[input.Name].Values)),
        ];
        float[][] outputs = ReferenceModel<float>.Create(definition).Predict(inputs, Batch, Time);
        foreach ((string name, DataArray array) in arrays)
        {
            bool isTurned = (name == "x" && axes[0] == 't') || (name == "day" && indexAxes[0] == 't');
            files.Data($"in.{name}.npy", isTurned ? Turn(array) : array);
        }

        int[][] shapes = [[Batch, 2], [Batch, Time, 3], [Batch, 3, 2]];
        for (int i = 0; i < shapes.Length; i++)
        {
            var array = new DataArray(shapes[i], outputs[i]);
            files.Data($"out.{definition.Outputs[i].Name}.npy", axes[0] == 't' && i > 0 ? Turn(array) : array);
        }

        JsonObject entries = Entries(
            [.. arrays.Keys.Select(name => KeyValuePair.Create(name, (JsonNode?)$"in.{name}.npy"))],
            [.. definition.Outputs.Select(output => KeyValuePair.Create(output.Name, (JsonNode?)$"out.{output.Name}.npy"))]);
        entries["axes"] = new JsonObject { ["x"] = axes, ["day"] = indexAxes };
        return entries;
    }

    private static JsonObject Entries(JsonObject inputs, JsonObject outputs) => new()
    {
        ["model"] = "model.safetensors",
        ["inputs"] = inputs,
        ["outputs"] = outputs,
        ["tolerance"] = 1e-6,
    };

    private static CommandRun Verify(CommandFiles files, JsonObject entries)
    {
        files.Text("case.json", entries.ToJsonString());
        return CommandRun.Of("verify", files.PathOf(""), "--isa", "reference");
    }

    private static DataArray Turn(DataArray array)
    {
        int features = array.Shape is [_, _, int last] ? last : 1;
        return new DataArray(
            [array.Shape[1], array.Shape[0], .. array.Shape.Skip(2)],
            Models.SequenceInput.Transpose<float>(array.Values, array.Shape[0], array.Shape[1], features));
    }

    private static float[] Values(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }
}
