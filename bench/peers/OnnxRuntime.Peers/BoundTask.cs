using Microsoft.ML.OnnxRuntime;

namespace Recurrent.Peers;

/// <summary>LSTM and GRU operators of the shared ONNX file, with states bound as inputs and outputs are.</summary>
internal sealed class BoundTask : OnnxTask
{
    private readonly float[][] _states;

    // A stream's states go from one set of tensors to the other, and back in the next step.
    private readonly OrtIoBinding[] _bindings;
    private int _turn;

    public BoundTask(BenchTask task)
        : base(task)
    {
        string[] names = task.IsStreaming ? StatesOf(task) : [];
        int size = task.Directions * task.Batch * task.Hidden;
        _states = [.. names.SelectMany(_ => new[] { new float[size], new float[size] })];
        OrtValue[] states = [.. _states.Select(state => Bind(state, task.Directions, task.Batch, task.Hidden))];
        _bindings = new OrtIoBinding[names.Length == 0 ? 1 : 2];
        for (int turn = 0; turn < _bindings.Length; turn++)
        {
            OrtIoBinding binding = Session.CreateIoBinding();
            binding.BindInput("x", X);
            binding.BindOutput("y", Y);
            for (int i = 0; i < names.Length; i++)
            {
                binding.BindInput(names[i] + "0", states[(2 * i) + turn]);
                binding.BindOutput(names[i] + "n", states[(2 * i) + 1 - turn]);
            }

            _bindings[turn] = binding;
        }
    }

    public override void Call()
    {
        Session.RunWithBinding(Options, _bindings[_turn]);
        _turn = _bindings.Length - 1 - _turn;
    }

    public override void Dispose()
    {
        foreach (OrtIoBinding binding in _bindings)
        {
            binding.Dispose();
        }

        base.Dispose();
    }

    protected override void Reset()
    {
        foreach (float[] state in _states)
        {
            Array.Clear(state);
        }
    }
}
