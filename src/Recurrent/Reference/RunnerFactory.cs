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

    /// <summary>Makes the runner of a layer with its weights.</summary>
    /// <param name="layer">The layer.</param>
    /// <param name="formats">How its matrices are to be packed.</param>
    /// <param name="name">What it is called where a weight is refused.</param>
    public LayerRunner<T> Create(Layer layer, LayerFormats formats, string name) =>
        Create(layer.Specification, LayerParameters<T>.Of(layer, formats, name));

    public abstract LayerRunner<T> Create(LayerSpecification specification, LayerParameters<T> parameters);

    /// <summary>Makes one direction of a recurrent layer, one that it has.</summary>
    public abstract DirectionCell<T> CreateDirection(
        RecurrentSpecification specification, LayerParameters<T> parameters, Direction direction);

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
    public override LayerRunner<T> Create(LayerSpecification specification, LayerParameters<T> parameters) =>
        specification switch
        {
            DenseSpecification dense => new DenseRunner<T, TArithmetic>(dense, parameters),
            ActivationSpecification activation => new ActivationRunner<T, TArithmetic>(activation),
            SoftmaxSpecification softmax => new SoftmaxRunner<T, TArithmetic>(softmax),
            LogSoftmaxSpecification softmax => new LogSoftmaxRunner<T, TArithmetic>(softmax),
            ScaleSpecification scale => new ScaleRunner<T, TArithmetic>(scale, parameters),
            EmbeddingSpecification embedding => new EmbeddingRunner<T, TArithmetic>(embedding, parameters),
            ResidualSpecification residual => new ResidualRunner<T>(residual),
            ConcatenationSpecification concatenation => new ConcatenationRunner<T>(concatenation),
            SumSpecification sum => new SumRunner<T>(sum),
            ProductSpecification product => new ProductRunner<T>(product),
            SliceSpecification slice => new SliceRunner<T>(slice),
            ConvolutionSpecification convolution => new ConvolutionRunner<T, TArithmetic>(convolution, parameters),
            LayerNormalizationSpecification normalization =>
                new LayerNormalizationRunner<T, TArithmetic>(normalization, parameters),
            MaxPoolingSpecification or MaxOverTimeSpecification => new MaxPoolingRunner<T>(specification),
            AveragePoolingSpecification or MeanOverTimeSpecification => new AveragePoolingRunner<T>(specification),
            SoftmaxOverTimeSpecification softmax => new SoftmaxOverTimeRunner<T, TArithmetic>(softmax),
            FlattenSpecification or UnflattenSpecification => new FlattenRunner<T>(specification),
            FinalStateSpecification or FinalCellStateSpecification => new FinalStateRunner<T>(specification),
            _ when StepSelection.Is(specification) => new StepSelectionRunner<T>(specification),
            RecurrentSpecification recurrent => new RecurrentRunner<T>(
                recurrent,
                recurrent.Has(Direction.Forward) ? CreateDirection(recurrent, parameters, Direction.Forward) : null,
                recurrent.Has(Direction.Reverse) ? CreateDirection(recurrent, parameters, Direction.Reverse) : null),
            _ => throw new InvalidOperationException($"The layer {specification.GetType()} has no reference."),
        };

    public override DirectionCell<T> CreateDirection(
        RecurrentSpecification specification, LayerParameters<T> parameters, Direction direction) => new(
            CreateCell(specification, parameters, direction),
            parameters.PackedOrZeros<TArithmetic>(ParameterRole.InitialHidden, specification.StateSize, direction),
            parameters.PackedOrZeros<TArithmetic>(
                ParameterRole.InitialCell, specification.HasCellState ? specification.HiddenSize : 0, direction));

    public override void Flush(ReadOnlySpan<T> source, Span<T> destination)
    {
        for (int i = 0; i < source.Length; i++)
        {
            destination[i] = TArithmetic.Flush(source[i]);
        }
    }

    private static Cell<T> CreateCell(
        RecurrentSpecification specification, LayerParameters<T> parameters, Direction direction)
    {
        DirectionWeights<T> weights = DirectionWeights<T>.Create<TArithmetic>(specification, parameters, direction);
        return specification switch
        {
            SimpleRnnSpecification rnn => new SimpleRnnCell<T, TArithmetic>(rnn, direction, weights),
            LstmSpecification lstm => new LstmCell<T, TArithmetic>(lstm, direction, weights),
            GruSpecification gru => new GruCell<T, TArithmetic>(gru, direction, weights),
            _ => throw new InvalidOperationException($"The cell {specification.GetType()} has no reference."),
        };
    }
}
