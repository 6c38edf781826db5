using Recurrent.Formats.Tests.Onnx;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Formats.Tests;

/// <summary>
/// The model of a file takes data in the file's order of axes: the call without one gives the right numbers, natively and in
/// the reference.
/// </summary>
public sealed class PlainRunTests
{
    private const int LongestTime = 500;

    public static TheoryData<string, string> Recordings
    {
        get
        {
            var data = new TheoryData<string, string> { { "nam", "BossLSTM-1x16.nam" } };
            foreach (string path in Directory.GetFiles(GoldenFiles.PathOf("keras")).Order(StringComparer.Ordinal))
            {
                if (!path.EndsWith(".io.safetensors", StringComparison.Ordinal))
                {
                    data.Add("keras", Path.GetFileName(path));
                }
            }

            return data;
        }
    }

    public static TheoryData<string> Exported => [.. ExportedModelTests.Names.Select(row => row.Data)
        .Where(name => Bind(name).Inputs is [{ Role: OnnxInputRole.Sequence or OnnxInputRole.Indices }])];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Sequences_of_Keras_NAM_and_AIDA_X_lie_one_after_the_other(string folder, string file)
    {
        RecordedCase recorded = RecordedCase.Load(folder, file);
        ModelDefinition model = recorded.Model.Definition;
        bool isEveryStep = model.Output == ModelOutput.EveryStep;
        int time = recorded.Input.Length / model.InputSize;
        time = isEveryStep && model.CanStep ? Math.Min(time, LongestTime) : time;
        float[] first = recorded.Input[..(time * model.InputSize)];
        float[] second = [.. first.Chunk(model.InputSize).Reverse().SelectMany(step => step)];

        float[] y = Run(model, [.. first, .. second], time, batch: 2);

        float[] expected = [.. recorded.Output.Take(y.Length / 2).Select(value => (float)value)];
        double allowed = recorded.Allowed("allowed.single", otherwise: 3e-5);
        Assert.All(expected.Zip(y), pair => Assert.InRange(pair.First - pair.Second, -allowed, allowed));
        Assert.Equal(Run(model, second, time, batch: 1), y[(y.Length / 2)..]);
    }

    [Theory]
    [MemberData(nameof(Exported))]
    public void A_graph_takes_its_own_order_batch_first_or_time_first(string name)
    {
        OnnxBinding binding = Bind(name);
        OnnxInput input = binding.Inputs[0];
        OnnxOutput output = binding.Outputs.First(output => output.States.Count == 0);
        using SafetensorsFile tensors = SafetensorsFile.Open(Path.Combine(ExportedModelTests.Golden, $"{name}.safetensors"));
        SafetensorsTensor x = tensors[$"in.{input.Name}"];
        int Length(OnnxAxis axis) => (int)x.Shape[input.Axes.ToList().IndexOf(axis)];
        float[] values = x.ElementType == TensorElementType.I64
            ? [.. x.ToInt64s().Select(value => (float)value)]
            : x.ToSingles();

        float[] y = Run(binding.Model.Definition, values, Length(OnnxAxis.Time), Length(OnnxAxis.Batch));

        OnnxRun.AssertClose(
            tensors[$"out.{output.Name}"].ToSingles(), [.. y.Select(value => (double)value)], 1e-5, output.Name);
    }

    private static OnnxBinding Bind(string name) =>
        OnnxFile.Open(Path.Combine(ExportedModelTests.Golden, $"{name}.onnx")).Bind(new Dictionary<string, OnnxTensor>());

    /// <summary>What the calls without an order of axes give: natively, and the same bits in the reference.</summary>
    private static float[] Run(ModelDefinition definition, float[] x, int time, int batch)
    {
        int steps = definition.Output == ModelOutput.EveryStep ? time : 1;
        float[] native = new float[steps * batch * definition.OutputSize];
        float[] reference = new float[native.Length];
        using RecurrentModel model = RecurrentModel.Create(definition);
        using Session session = model.OpenSession(batch);
        ReferenceSession<float> managed = ReferenceModel<float>.Create(definition).OpenSession(batch);
        if (definition.VocabularySize > 0)
        {
            int[] indices = Array.ConvertAll(x, value => (int)value);
            session.RunIndices(indices, native, time);
            managed.RunIndices(indices, reference, time);
        }
        else
        {
            session.Run(x, native, time);
            managed.Run(x, reference, time);
        }

        Assert.Equal(reference, native);
        return native;
    }
}
