using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>The native kernels of one instruction set.</summary>
internal sealed class NativePath(string name, InstructionSet instructionSet) : VerifyPath<float>(name, PassRule.Single)
{
    protected override ISequenceSession<float> Open(GoldenCase golden) => new Sequence(golden, instructionSet);

    private sealed class Sequence : ISequenceSession<float>
    {
        private readonly RecurrentModel _model;
        private readonly Session _session;

        public Sequence(GoldenCase golden, InstructionSet instructionSet)
        {
            _model = RecurrentModel.Create(golden.Layers, new ModelOptions { InstructionSet = instructionSet });
            _session = _model.OpenSession(new SessionOptions { Batch = golden.Batch, EmptyRow = golden.EmptyRow });
        }

        public void SetState(GoldenState state, ReadOnlySpan<float> values) =>
            _session.SetState(state.Layer, state.Direction, state.Kind, values);

        public void GetState(GoldenState state, Span<float> values) =>
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

        public void Dispose()
        {
            _session.Dispose();
            _model.Dispose();
        }
    }
}
