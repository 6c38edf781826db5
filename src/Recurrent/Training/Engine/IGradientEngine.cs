using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>What training needs of a gradient session, native or reference.</summary>
internal interface IGradientEngine<T> : IDisposable
    where T : unmanaged
{
    ModelDefinition Definition { get; }

    IReadOnlyList<ParameterBlock> Blocks { get; }

    int ParameterCount { get; }

    int StateSize { get; }

    /// <summary>The arithmetic, for checkpoints: only the same one gives the same bits.</summary>
    string InstructionSet { get; }

    string GemmProvider { get; }

    void GetParameters(Span<T> values);

    void SetParameters(ReadOnlySpan<T> values);

    void KeepParameters(bool keeps);

    void RestoreParameters();

    void GetGradients(Span<T> values);

    void ZeroGradients();

    double Regularize(int block, double l1, double l2);

    double GradientNorm(int block = -1);

    void Forward(in GradientBatch<T> batch, Span<T> y, Span<T> finalStates);

    void Backward(ReadOnlySpan<T> dy);

    void Update(in OptimizerStep step);

    void GetMoments(Span<T> values);

    void SetMoments(ReadOnlySpan<T> values);

    ModelDefinition ToDefinition();
}
