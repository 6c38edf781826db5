using TorchSharp;
using static TorchSharp.torch;

namespace Recurrent.Peers;

/// <summary>A training step: forward and backward, to the inputs too; gradients are new each time.</summary>
internal sealed class GradientTask : PreparedTask
{
    private readonly TorchModule _module;
    private readonly Tensor _x;
    private readonly Tensor _dy;
    private readonly Tensor[] _wanted;
    private IList<Tensor> _gradients = [];

    public GradientTask(BenchTask task)
    {
        _module = new TorchModule(task);
        _x = TorchData.Of(task.Inputs, task.Time, task.Batch, task.Input).requires_grad_();
        _dy = TorchData.Of(
            task.Data.AsSpan(^(task.Time * task.Batch * task.Output)..), task.Time, task.Batch, task.Output);
        _wanted = [.. _module.Module.parameters(), _x];
    }

    public override void Call()
    {
        Release();
        using DisposeScope scope = NewDisposeScope();
        (Tensor y, _, _) = _module.Forward(_x, null, null);
        _gradients = autograd.grad([y], _wanted, [_dy]);
        foreach (Tensor gradient in _gradients)
        {
            gradient.MoveToOuterDisposeScope();
        }
    }

    /// <summary>The gradients of the parameters, then of the inputs.</summary>
    public override float[] Ends()
    {
        Call();
        return _gradients.Flat();
    }

    public override void Dispose()
    {
        Release();
        _x.Dispose();
        _dy.Dispose();
        _module.Dispose();
    }

    private void Release()
    {
        foreach (Tensor gradient in _gradients)
        {
            gradient.Dispose();
        }

        _gradients = [];
    }
}
