using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>Makes the runners of a number type, and flushes in its arithmetic.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal abstract class RunnerFactory<T>
    where T : IFloatingPointIeee754<T>
{
    /// <summary>Canonical arithmetic for <see cref="float"/>, the platform's for every other type.</summary>
    public static RunnerFactory<T> Default { get; } = typeof(T) == typeof(float)
        ? (RunnerFactory<T>)(object)new RunnerFactory<float, CanonicalArithmetic>()
        : new RunnerFactory<T, OracleArithmetic<T>>();

    public abstract LayerRunner<T> Create(Layer layer);

    /// <summary>Copies values as they are read or stored.</summary>
    public abstract void Flush(ReadOnlySpan<T> source, Span<T> destination);
}

/// <inheritdoc/>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class RunnerFactory<T, TArithmetic> : RunnerFactory<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    public override LayerRunner<T> Create(Layer layer) => layer switch
    {
        DenseLayer dense => new DenseRunner<T, TArithmetic>(dense),
        ActivationLayer activation => new ActivationRunner<T, TArithmetic>(activation),
        SoftmaxLayer softmax => new SoftmaxRunner<T, TArithmetic>(softmax),
        ScaleLayer scale => new ScaleRunner<T, TArithmetic>(scale),
        EmbeddingLayer embedding => new EmbeddingRunner<T, TArithmetic>(embedding),
        ResidualLayer residual => new ResidualRunner<T>(residual),
        RecurrentLayer recurrent => new RecurrentRunner<T>(
            recurrent.Specification,
            CreateDirection(recurrent.Specification, Direction.Forward, recurrent.Forward),
            CreateDirection(recurrent.Specification, Direction.Reverse, recurrent.Reverse)),
        _ => throw new InvalidOperationException($"The layer {layer.GetType()} has no reference."),
    };

    public override void Flush(ReadOnlySpan<T> source, Span<T> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = TArithmetic.Flush(source[i]);
        }
    }

    private static DirectionCell<T>? CreateDirection(
        RecurrentSpecification specification, Direction direction, RecurrentWeights? weights) =>
        weights is null ? null : new DirectionCell<T>(
            CreateCell(specification, direction, weights),
            DirectionWeights<T>.PromoteOrZeros<TArithmetic>(weights.InitialHidden, specification.StateSize),
            DirectionWeights<T>.PromoteOrZeros<TArithmetic>(
                weights.InitialCell, specification.HasCellState ? specification.HiddenSize : 0));

    private static Cell<T> CreateCell(
        RecurrentSpecification specification, Direction direction, RecurrentWeights weights)
    {
        DirectionWeights<T> promoted = DirectionWeights<T>.Create<TArithmetic>(specification, weights);
        return specification switch
        {
            SimpleRnnSpecification rnn => new SimpleRnnCell<T, TArithmetic>(rnn, direction, promoted),
            LstmSpecification lstm => new LstmCell<T, TArithmetic>(lstm, direction, promoted),
            GruSpecification gru => new GruCell<T, TArithmetic>(gru, direction, promoted),
            _ => throw new InvalidOperationException($"The cell {specification.GetType()} has no reference."),
        };
    }
}
