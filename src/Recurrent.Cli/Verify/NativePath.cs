using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>The native kernels of one instruction set.</summary>
internal sealed class NativePath(string name, InstructionSet instructionSet) : VerifyPath<float>(name)
{
    /// <summary>The best instruction set of the machine.</summary>
    public static NativePath Default { get; } = new("native", InstructionSet.Auto);

    protected override ISequenceSession<float> Open(SequenceRequest request) => new Sequence(request, instructionSet);

    protected override IGradientSession<float> Open(ModelDefinition model) => new Gradient(
        GradientSession.Open(model, new GradientSessionOptions { InstructionSet = instructionSet }));

    private sealed class Gradient(GradientSession session) : IGradientSession<float>
    {
        public IReadOnlyList<ParameterBlock> Blocks => session.Blocks;

        public int ParameterCount => session.ParameterCount;

        public int StateSize => session.StateSize;

        public void Forward(in GradientBatch<float> batch, Span<float> y) => session.Forward(batch, y);

        public void Backward(
            ReadOnlySpan<float> dy, ReadOnlySpan<float> dFinalStates, Span<float> dx, Span<float> dInitialStates) =>
            session.Backward(dy, dFinalStates, dx, dInitialStates);

        public void GetGradients(Span<float> gradients) => session.GetGradients(gradients);

        public void Dispose() => session.Dispose();
    }

    private sealed class Sequence : ISequenceSession<float>
    {
        private readonly RecurrentModel _model;
        private readonly Session _session;

        public Sequence(SequenceRequest request, InstructionSet instructionSet)
        {
            _model = RecurrentModel.Create(request.Model, new ModelOptions { InstructionSet = instructionSet });
            _session = _model.OpenSession(request.Batch);
        }

        public void SetState(StateAddress state, ReadOnlySpan<float> values) =>
            _session.SetState(state.Layer, state.Direction, state.Kind, values);

        public void GetState(StateAddress state, Span<float> values) =>
            _session.GetState(state.Layer, state.Direction, state.Kind, values);

        public void Run(ReadOnlySpan<float> x, Span<float> y, int time, int[]? lengths, SequenceLayout? layout)
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

        public void RunIndices(ReadOnlySpan<int> indices, Span<float> y, int time, int[]? lengths, SequenceLayout? layout)
        {
            if (lengths is null)
            {
                _session.RunIndices(indices, y, time, layout);
            }
            else
            {
                _session.RunIndices(indices, y, time, lengths, layout);
            }
        }

        public void Dispose()
        {
            _session.Dispose();
            _model.Dispose();
        }
    }
}
