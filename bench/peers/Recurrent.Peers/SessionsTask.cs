namespace Recurrent.Peers;

/// <summary>A step of streams that each have a session.</summary>
internal sealed class SessionsTask : InferenceTask
{
    private readonly RecurrentModel _model;
    private readonly Session[] _sessions;
    private readonly float[] _input;
    private readonly float[] _output;

    public SessionsTask(BenchTask task)
        : base(task)
    {
        _model = RecurrentModel.Create(task.CreateLayers());
        _sessions = [.. Enumerable.Range(0, task.Batch).Select(_ => _model.OpenSession())];
        _input = new float[task.Batch * task.Input];
        task.Inputs[.._input.Length].CopyTo(_input);
        _output = new float[task.Batch * task.Output];
    }

    public override void Call()
    {
        for (int i = 0; i < _sessions.Length; i++)
        {
            _sessions[i].Step(
                _input.AsSpan(i * Task.Input, Task.Input), _output.AsSpan(i * Task.Output, Task.Output));
        }
    }

    public override void Dispose()
    {
        foreach (Session session in _sessions)
        {
            session.Dispose();
        }

        _model.Dispose();
    }

    protected override void Reset()
    {
        foreach (Session session in _sessions)
        {
            session.Reset();
        }
    }

    protected override void SetInput(ReadOnlySpan<float> x) => x.CopyTo(_input);

    protected override ReadOnlySpan<float> Outputs() => _output;
}
