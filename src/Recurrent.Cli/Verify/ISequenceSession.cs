using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>What the native and the reference session have in common.</summary>
internal interface ISequenceSession<T> : IDisposable
    where T : IFloatingPointIeee754<T>
{
    void SetState(StateAddress state, ReadOnlySpan<T> values);

    void GetState(StateAddress state, Span<T> values);

    void RunIndices(ReadOnlySpan<int> indices, Span<T> y, int time, int[]? lengths, SequenceLayout? layout);

    void Run(ReadOnlySpan<T> x, Span<T> y, int time, int[]? lengths, SequenceLayout? layout);
}
