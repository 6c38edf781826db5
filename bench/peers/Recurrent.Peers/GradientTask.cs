using Recurrent.Layers;

namespace Recurrent.Peers;

/// <summary>A training step: gradients are zeroed, then it goes forward and backward, to the inputs too.</summary>
internal sealed class GradientTask : PreparedTask
{
    private readonly BenchTask _task;
    private readonly GradientSession _session;
    private readonly float[] _input;
    private readonly float[] _output;
    private readonly float[] _outputGradient;
    private readonly float[] _inputGradient;

    public GradientTask(BenchTask task, GemmProvider provider)
    {
        _task = task;
        _session = GradientSession.Open(
            new ModelDefinition(task.CreateLayers()),
            new GradientSessionOptions { GemmProvider = provider, Threads = task.Threads });
        _output = new float[task.Time * task.Batch * task.Output];
        _outputGradient = task.Data[^_output.Length..];
        _input = task.Inputs.ToArray();
        _inputGradient = new float[_input.Length];
    }

    public override void Call()
    {
        _session.ZeroGradients();
        _session.Forward(new GradientBatch<float> { X = _input, Time = _task.Time, Batch = _task.Batch }, _output);
        _session.Backward(_outputGradient, dx: _inputGradient);
    }

    /// <summary>The gradients of the parameters, then of the inputs.</summary>
    public override float[] Ends()
    {
        Call();
        var parameters = new float[_session.ParameterCount];
        _session.GetGradients(parameters);
        return [.. parameters, .. _inputGradient];
    }

    public override void Dispose() => _session.Dispose();
}
