using Recurrent.Layers;
using Recurrent.Training;
using static Recurrent.Formats.Tests.Onnx.GraphBuilder;
using GraphBuilder = Recurrent.Formats.Tests.Onnx.GraphBuilder;

namespace Recurrent.Formats.Tests.Graphs;

/// <summary>Files of <c>OnnxExport</c> say which axis is the time where no layer of the graph does.</summary>
public sealed class OnnxOpenAxesTests
{
    private static readonly Dictionary<string, Func<GraphValue, GraphValue>> Models = new()
    {
        ["last step of a dense layer"] = x => x.Dense(4).LastStep().Softmax(),
        ["last steps of the input"] = x => x.LastSteps(2).Dense(2),
        ["flattened input"] = x => x.Flatten(GraphRun.Time).Dense(2),
        ["flattened softmax"] = x => x.Softmax().Flatten(GraphRun.Time).Dense(2),
    };

    public static TheoryData<string, SequenceLayout> Cases
    {
        get
        {
            var data = new TheoryData<string, SequenceLayout>();
            foreach (string name in Models.Keys)
            {
                data.Add(name, SequenceLayout.TimeMajor);
                data.Add(name, SequenceLayout.BatchMajor);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_model_without_recurrent_layers_is_read_again(string name, SequenceLayout layout)
    {
        Graph graph = new(seed: 1);
        GraphValue x = graph.Input("x", 3);
        ModelDefinition definition = graph.ToDefinition(("y", Models[name](x))).WithLayout(layout);
        using var stream = new MemoryStream();
        OnnxExport.Save(definition, stream);

        ModelDefinition read = OnnxFile.Parse(stream.ToArray()).ToModel().Definition;

        Assert.Equal(layout, read.Layout);
        Assert.Equal(definition.Outputs[0].Kind, read.Outputs[0].Kind);
        Assert.Equal(GraphRun.Compute(definition)["y"], GraphRun.Compute(read)["y"]);
    }

    [Fact]
    public void A_step_of_the_input_in_another_order_of_axes_is_no_fault()
    {
        // The LSTM says which axis is the time; which one holds features, nobody has said when the step is transposed.
        OnnxFile file = new GraphBuilder().Input("x", 0, 0, 3)
            .Weights("W", 1, 16, 3).Weights("R", 1, 16, 4).Node("LSTM", "x W R", "y h c")
            .Integers("last", -1).Integers("end", int.MaxValue).Integers("zero", 0).Node("Slice", "x last end zero", "step")
            .Node("Transpose", "step", "turned", IntegerList("perm", 1, 2, 0)).Node("GlobalMaxPool", "turned", "max")
            .Output("h", "max").File();

        ModelFormatException refusal = Assert.Throws<ModelFormatException>(() => file.ToModel());

        Assert.Contains("(GlobalMaxPool): expected a sequence", refusal.Message, StringComparison.Ordinal);
    }
}
