using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>A small task that tests of the loop share: 21 windows of a sine, a simple recurrent layer, a dense one.</summary>
internal static class SmallTask
{
    public const int Count = 21;

    public static (Sequences<float> X, Targets<float> Y) Data { get; } =
        TimeSeries.Windows<float>(Wave(Count + 5), window: 5);

    public static Sequential Layers(ulong seed = 1) => new Sequential(1, seed).SimpleRnn(3).Dense(1);

    public static ModelDefinition Definition { get; } = Layers().ToDefinition(ModelOutput.LastStep);

    public static TrainableModel<float> Model(
        TrainingOptions? options = null, Optimizer? optimizer = null, params Metric[] metrics)
    {
        TrainableModel<float> model = TrainableModel.Create(Definition, options);
        model.Compile(optimizer ?? new Adam(0.01), new MeanSquaredError(), metrics);
        return model;
    }

    public static float[] Wave(int steps) => [.. Enumerable.Range(0, steps).Select(i => MathF.Sin(i * 0.7f) * 0.5f)];

    public static float[] Parameters(TrainableModel<float> model)
    {
        float[] values = new float[model.ParameterCount];
        model.GetParameters(values);
        return values;
    }
}
