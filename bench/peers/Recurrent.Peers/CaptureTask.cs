using Recurrent.Formats;

namespace Recurrent.Peers;

/// <summary>A capture that goes through a signal block by block.</summary>
internal sealed class CaptureTask : PreparedTask
{
    private readonly BenchTask _task;
    private readonly RecurrentModel _model;
    private readonly Session _session;
    private readonly float[] _input;
    private readonly float[] _output;

    public CaptureTask(BenchTask task)
    {
        _task = task;
        _model = RecurrentModel.Create(ModelFile.Load(task.Model).Definition);
        _session = _model.OpenSession(new SessionOptions { Batch = task.Batch, Threads = task.Threads });
        _input = task.Inputs[..task.Time].ToArray();
        _output = new float[task.Time];
    }

    public override void Call() => _session.Run(_input, _output, _task.Time);

    /// <summary>All outputs, from the state at the start.</summary>
    public override float[] Ends()
    {
        var outputs = new float[_task.Steps];
        _session.Reset();
        for (int step = 0; step < _task.Steps; step += _task.Time)
        {
            _task.Inputs.Slice(step, _task.Time).CopyTo(_input);
            Call();
            _output.CopyTo(outputs, step);
        }

        return outputs;
    }

    public override void Dispose()
    {
        _session.Dispose();
        _model.Dispose();
    }
}
