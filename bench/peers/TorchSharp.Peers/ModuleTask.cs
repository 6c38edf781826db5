using static TorchSharp.torch;

namespace Recurrent.Peers;

/// <summary>A sequence or a step through nn.LSTM or nn.GRU in inference mode.</summary>
internal sealed class ModuleTask : InferenceTask
{
    private readonly TorchModule _module;
    private readonly Tensor _x;
    private readonly float[] _output;
    private Tensor? _y;
    private Tensor? _h;
    private Tensor? _c;

    public ModuleTask(BenchTask task)
        : base(task)
    {
        using var mode = inference_mode();
        _module = new TorchModule(task);
        _module.Module.eval();
        _x = TorchData.Of(
            task.Inputs[..(task.Time * task.Batch * task.Input)], task.Time, task.Batch, task.Input);
        _output = new float[task.Time * task.Batch * task.Output];
    }

    public override void Call()
    {
        using var mode = inference_mode();
        bool streaming = Task.IsStreaming;
        (Tensor y, Tensor h, Tensor? c) = _module.Forward(_x, streaming ? _h : null, streaming ? _c : null);
        Release();
        (_y, _h, _c) = (y, h, c);
    }

    public override void Dispose()
    {
        Release();
        _x.Dispose();
        _module.Dispose();
    }

    protected override void Reset()
    {
        Release();
        (_y, _h, _c) = (null, null, null);
    }

    protected override void SetInput(ReadOnlySpan<float> x)
    {
        using var mode = inference_mode();
        using Tensor values = TorchData.Of(x, _x.shape);
        _x.copy_(values);
    }

    protected override ReadOnlySpan<float> Outputs()
    {
        _y!.CopyTo(_output);
        return _output;
    }

    private void Release()
    {
        _y?.Dispose();
        _h?.Dispose();
        _c?.Dispose();
    }
}
