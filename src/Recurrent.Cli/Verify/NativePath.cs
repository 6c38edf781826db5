using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>The native kernels of one instruction set.</summary>
internal sealed class NativePath(string name, InstructionSet instructionSet) : VerifyPath<float>(name)
{
    /// <summary>The best instruction set of the machine.</summary>
    public static NativePath Default { get; } = new("native", InstructionSet.Auto);

    protected override ISequenceSession<float> Open(SequenceRequest request) => new Sequence(request, instructionSet);

    private sealed class Sequence : ISequenceSession<float>
    {
        private readonly RecurrentModel _model;
        private readonly Session _session;

        public Sequence(SequenceRequest request, InstructionSet instructionSet)
        {
            _model = RecurrentModel.Create(request.Model, new ModelOptions { InstructionSet = instructionSet });
            _session = _model.OpenSession(
                new SessionOptions { Batch = request.Batch, EmptyRow = request.EmptyRow });
        }

        public void SetState(StateAddress state, ReadOnlySpan<float> values) =>
            _session.SetState(state.Layer, state.Direction, state.Kind, values);

        public void GetState(StateAddress state, Span<float> values) =>
            _session.GetState(state.Layer, state.Direction, state.Kind, values);

        public void Run(ReadOnlySpan<float> x, Span<float> y, int time, int[]? lengths, SequenceLayout layout)
        {
            if (lengths is null)
            {
                _session.Run(x, y, time, layout);
            }
            else
            {
                _session.Run(x, y, time, lengths, layout);
            }
        }

        public void Run(ReadOnlySpan<int> indices, Span<float> y, int time, int[]? lengths, SequenceLayout layout)
        {
            if (lengths is null)
            {
                _session.Run(indices, y, time, layout);
            }
            else
            {
                _session.Run(indices, y, time, lengths, layout);
            }
        }

        public void Dispose()
        {
            _session.Dispose();
            _model.Dispose();
        }
    }
}
