using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Peers;

/// <summary>
/// An epoch of a small forecaster, a recurrent and a dense layer: <see cref="TrainableModel{T}"/> fits it to all windows
/// in their order with the mean squared error and Adam.
/// </summary>
internal sealed class EpochTask : PreparedTask
{
    private readonly TrainableModel<float> _model;
    private readonly Sequences<float> _windows;
    private readonly Targets<float> _targets;
    private readonly FitOptions<float> _options;

    public EpochTask(BenchTask task, GemmProvider provider)
    {
        // After the recurrent weights: the dense layer's, the windows, the targets.
        int windows = task.Sequences * task.Time * task.Input;
        float[] rest = task.Data[^(task.Hidden + 1 + windows + task.Sequences)..];
        DenseSpecification dense = new() { InputSize = task.Hidden, OutputSize = 1 };
        DenseWeights weights = new(rest.AsSpan(0, task.Hidden), rest.AsSpan(task.Hidden, 1));
        _model = TrainableModel.Create(
            new ModelDefinition([.. task.CreateLayers(), new DenseLayer(dense, weights)], ModelOutput.LastStep),
            new TrainingOptions { GemmProvider = provider, Threads = task.Threads });
        _model.Compile(new Adam(learningRate: 1e-3, epsilon: 1e-7), new MeanSquaredError());
        _windows = Sequences.Of<float>(
            rest.AsMemory(task.Hidden + 1, windows), task.Sequences, task.Input);
        _targets = rest[^task.Sequences..];
        _options = new FitOptions<float> { Epochs = 1, BatchSize = task.Batch, Shuffle = false };
    }

    public override void Call() => _model.Fit(_windows, _targets, _options);

    /// <summary>The parameters after the first epoch, then its mean loss.</summary>
    public override float[] Ends()
    {
        History history = _model.Fit(_windows, _targets, _options);
        var parameters = new float[_model.ParameterCount];
        _model.GetParameters(parameters);
        return [.. parameters, (float)history["loss"][0]];
    }

    public override void Dispose() => _model.Dispose();
}
