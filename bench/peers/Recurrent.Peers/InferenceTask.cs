namespace Recurrent.Peers;

/// <summary>A sequence or a step through an open session.</summary>
/// <remarks>A stream carries its states from call to call; a sequence starts every call from zero.</remarks>
internal sealed class InferenceTask : PreparedTask
{
    private readonly BenchTask _task;
    private readonly RecurrentModel _model;
    private readonly Session _session;
    private readonly float[] _input;
    private readonly float[] _output;
    private readonly bool _streaming;

    public InferenceTask(BenchTask task, GemmProvider provider)
    {
        _task = task;
        _streaming = task.IsStreaming;
        _model = RecurrentModel.Create(task.CreateLayers(), new ModelOptions { GemmProvider = provider });
        _session = _model.OpenSession(new SessionOptions { Batch = task.Batch, Threads = task.Threads });
        _input = task.Inputs[..(task.Time * task.Batch * task.Input)].ToArray();
        _output = new float[task.Time * task.Batch * task.Output];
    }

    public override void Call()
    {
        if (_streaming)
        {
            _session.Step(_input, _output);
        }
        else
        {
            _session.Reset();
            _session.Run(_input, _output, _task.Time);
        }
    }

    /// <summary>The output of the first and of the last step, from zero states: <c>[2, batch, output]</c>.</summary>
    public override float[] Ends()
    {
        int size = _task.Batch * _task.Output;
        var ends = new float[2 * size];
        if (!_streaming)
        {
            Call();
            _output.AsSpan(0, size).CopyTo(ends);
            _output.AsSpan(^size..).CopyTo(ends.AsSpan(size));
            return ends;
        }

        _session.Reset();
        int features = _task.Batch * _task.Input;
        for (int step = 0; step < _task.Steps; step++)
        {
            _session.Step(_task.Inputs.Slice(step * features, features), _output);
            _output.CopyTo(ends.AsSpan(step == 0 ? 0 : size));
        }

        return ends;
    }

    public override void Dispose()
    {
        _session.Dispose();
        _model.Dispose();
    }
}
