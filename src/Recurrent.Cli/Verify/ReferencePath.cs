using System.Numerics;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Cli.Verify;

/// <summary>The managed reference, as canonical arithmetic in float or as the oracle in double.</summary>
internal sealed class ReferencePath<T>(string name) : VerifyPath<T>(name)
    where T : IFloatingPointIeee754<T>
{
    protected override ISequenceSession<T> Open(SequenceRequest request) =>
        new Sequence(ReferenceModel<T>.Create(request.Model).OpenSession(request.Batch));

    protected override IGradientSession<T> Open(ModelDefinition model) =>
        new Gradient(ReferenceGradientSession<T>.Open(model));

    private sealed class Gradient(ReferenceGradientSession<T> session) : IGradientSession<T>
    {
        public IReadOnlyList<ParameterBlock> Blocks => session.Blocks;

        public int ParameterCount => session.ParameterCount;

        public int StateSize => session.StateSize;

        public void Forward(in GradientBatch<T> batch, Span<T> y) => session.Forward(batch, y);

        public void Backward(ReadOnlySpan<T> dy, ReadOnlySpan<T> dFinalStates, Span<T> dx, Span<T> dInitialStates) =>
            session.Backward(dy, dFinalStates, dx, dInitialStates);

        public void GetGradients(Span<T> gradients) => session.GetGradients(gradients);

        public void Dispose()
        {
            // A managed session holds nothing that has to be given back.
        }
    }

    private sealed class Sequence(ReferenceSession<T> session) : ISequenceSession<T>
    {
        public void SetState(StateAddress state, ReadOnlySpan<T> values) =>
            session.SetState(state.Layer, state.Direction, state.Kind, values);

        public void GetState(StateAddress state, Span<T> values) =>
            session.GetState(state.Layer, state.Direction, state.Kind, values);

        public void Run(ReadOnlySpan<T> x, Span<T> y, int time, int[]? lengths, SequenceLayout? layout)
        {
            if (lengths is null)
            {
                session.Run(x, y, time, layout);
            }
            else
            {
                session.Run(x, y, time, lengths, layout);
            }
        }

        public void RunIndices(ReadOnlySpan<int> indices, Span<T> y, int time, int[]? lengths, SequenceLayout? layout)
        {
            if (lengths is null)
            {
                session.RunIndices(indices, y, time, layout);
            }
            else
            {
                session.RunIndices(indices, y, time, lengths, layout);
            }
        }

        public void Dispose()
        {
            // A managed session holds nothing that has to be given back.
        }
    }
}
