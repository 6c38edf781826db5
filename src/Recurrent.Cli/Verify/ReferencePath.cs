using System.Numerics;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Cli.Verify;

/// <summary>The managed reference, as canonical arithmetic in float or as the oracle in double.</summary>
internal sealed class ReferencePath<T>(string name) : VerifyPath<T>(name)
    where T : IFloatingPointIeee754<T>
{
    protected override ISequenceSession<T> Open(SequenceRequest request) =>
        new Sequence(ReferenceModel<T>.Create(request.Model).OpenSession(request.Batch, request.EmptyRow));

    private sealed class Sequence(ReferenceSession<T> session) : ISequenceSession<T>
    {
        public void SetState(StateAddress state, ReadOnlySpan<T> values) =>
            session.SetState(state.Layer, state.Direction, state.Kind, values);

        public void GetState(StateAddress state, Span<T> values) =>
            session.GetState(state.Layer, state.Direction, state.Kind, values);

        public void Run(ReadOnlySpan<T> x, Span<T> y, int time, int[]? lengths, SequenceLayout layout)
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

        public void Run(ReadOnlySpan<int> indices, Span<T> y, int time, int[]? lengths, SequenceLayout layout)
        {
            if (lengths is null)
            {
                session.Run(indices, y, time, layout);
            }
            else
            {
                session.Run(indices, y, time, lengths, layout);
            }
        }

        public void Dispose()
        {
            // A managed session holds nothing that has to be given back.
        }
    }
}
