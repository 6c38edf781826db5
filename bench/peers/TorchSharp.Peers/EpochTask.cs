using TorchSharp;
using static TorchSharp.torch;

namespace Recurrent.Peers;

/// <summary>
/// An epoch of a small forecaster in the order of the data: forward, mean squared error, backward, Adam. The batches
/// are cut before.
/// </summary>
internal sealed class EpochTask : PreparedTask
{
    private readonly TorchModule _module;
    private readonly TorchSharp.Modules.Linear _dense;
    private readonly optim.Optimizer _optimizer;
    private readonly TorchSharp.Modules.MSELoss _loss = nn.MSELoss();
    private readonly List<(Tensor X, Tensor Y)> _batches = [];
    private readonly int _windows;

    public EpochTask(BenchTask task)
    {
        _windows = task.Sequences;
        _module = new TorchModule(task);
        _dense = nn.Linear(task.Hidden, 1);
        int next = _module.ParameterCount;
        next += TorchData.SetParameters(_dense.parameters(), task.Data.AsSpan(next));
        int window = task.Time * task.Input;
        using Tensor x = TorchData.Of(
            task.Data.AsSpan(next, _windows * window), _windows, task.Time, task.Input);
        using Tensor targets = TorchData.Of(task.Data.AsSpan(^_windows..), _windows, 1);
        for (int first = 0; first < _windows; first += task.Batch)
        {
            int count = Math.Min(task.Batch, _windows - first);
            _batches.Add((x.narrow(0, first, count).transpose(0, 1).contiguous(), targets.narrow(0, first, count).clone()));
        }

        _optimizer = optim.Adam([.. Parameters()], lr: 1e-3, eps: 1e-7);
    }

    public override void Call() => Epoch();

    /// <summary>The parameters after the first epoch, then its mean loss.</summary>
    public override float[] Ends()
    {
        double loss = Epoch() / _windows;
        return [.. Parameters().Flat(), (float)loss];
    }

    public override void Dispose()
    {
        _batches.ForEach(batch =>
        {
            batch.X.Dispose();
            batch.Y.Dispose();
        });
        _optimizer.Dispose();
        _loss.Dispose();
        _dense.Dispose();
        _module.Dispose();
    }

    private IEnumerable<TorchSharp.Modules.Parameter> Parameters() =>
        _module.Module.parameters().Concat(_dense.parameters());

    private double Epoch()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor total = zeros(1);
        foreach ((Tensor x, Tensor target) in _batches)
        {
            using DisposeScope step = NewDisposeScope();
            _optimizer.zero_grad();
            (Tensor y, _, _) = _module.Forward(x, null, null);
            Tensor loss = _loss.call(_dense.call(y.select(0, -1)), target);
            loss.backward();
            _optimizer.step();
            total.add_(loss.detach() * target.shape[0]);
        }

        return total.item<float>();
    }
}
