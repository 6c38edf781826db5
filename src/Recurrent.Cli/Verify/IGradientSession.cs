using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>What verification needs of a native or a reference gradient session.</summary>
internal interface IGradientSession<T> : IDisposable
{
    IReadOnlyList<ParameterBlock> Blocks { get; }

    int ParameterCount { get; }

    int StateSize { get; }

    void Forward(in GradientBatch<T> batch, Span<T> y);

    void Backward(ReadOnlySpan<T> dy, ReadOnlySpan<T> dFinalStates, Span<T> dx, Span<T> dInitialStates);

    void GetGradients(Span<T> gradients);
}
