using static TorchSharp.torch;

namespace Recurrent.Peers;

/// <summary>An nn.LSTM or nn.GRU with the parameters of a task.</summary>
internal sealed class TorchModule : IDisposable
{
    private readonly TorchSharp.Modules.LSTM? _lstm;
    private readonly TorchSharp.Modules.GRU? _gru;

    public TorchModule(BenchTask task)
    {
        bool bidirectional = task.Directions == 2;
        if (task.Cell == "lstm")
        {
            _lstm = nn.LSTM(task.Input, task.Hidden, task.Layers, bidirectional: bidirectional);
        }
        else
        {
            _gru = nn.GRU(task.Input, task.Hidden, task.Layers, bidirectional: bidirectional);
        }

        ParameterCount = TorchData.SetParameters(Module.parameters(), task.Data);
    }

    /// <summary>Elements of all parameters, which stand first in the shared data.</summary>
    public int ParameterCount { get; }

    public nn.Module Module => (nn.Module?)_lstm ?? _gru!;

    /// <summary>The outputs <c>[time, batch, output]</c> and the new states; null states are zeros.</summary>
    public (Tensor Y, Tensor H, Tensor? C) Forward(Tensor x, Tensor? h, Tensor? c)
    {
        if (_lstm is null)
        {
            (Tensor output, Tensor state) = _gru!.call(x, h!);
            return (output, state, null);
        }

        (Tensor y, Tensor hn, Tensor cn) = _lstm.call(x, h is null ? null : (h, c!));
        return (y, hn, cn);
    }

    public void Dispose()
    {
        _lstm?.Dispose();
        _gru?.Dispose();
    }
}
