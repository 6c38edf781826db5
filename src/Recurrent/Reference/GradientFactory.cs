using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>Makes layers that can go back, of a number type.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal abstract class GradientFactory<T>
    where T : IFloatingPointIeee754<T>
{
    /// <summary>Of the same arithmetic as <see cref="RunnerFactory{T}.Default"/>.</summary>
    public static GradientFactory<T> Default { get; } = typeof(T) == typeof(float)
        ? (GradientFactory<T>)(object)new GradientFactory<float, CanonicalArithmetic>()
        : new GradientFactory<T, OracleArithmetic<T>>();

    /// <summary>Makes a layer.</summary>
    /// <param name="specification">What it is.</param>
    /// <param name="parameters">Its parameters; copied.</param>
    /// <param name="gradients">Where their gradients are gathered.</param>
    public abstract LayerGradient<T> Create(
        LayerSpecification specification, LayerParameters<T> parameters, LayerParameters<double> gradients);
}

/// <inheritdoc/>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class GradientFactory<T, TArithmetic> : GradientFactory<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    public override LayerGradient<T> Create(
        LayerSpecification specification, LayerParameters<T> parameters, LayerParameters<double> gradients)
    {
        if (specification is RecurrentSpecification recurrent)
        {
            return new RecurrentGradient<T>(
                recurrent,
                [
                    .. from direction in new[] { Direction.Forward, Direction.Reverse }
                       where recurrent.Has(direction)
                       select CreateDirection(recurrent, parameters, gradients, direction),
                ]);
        }

        LayerRunner<T> runner = RunnerFactory<T>.Default.Create(specification, parameters);
        return specification switch
        {
            DenseSpecification dense => new DenseGradient<T, TArithmetic>(dense, runner, parameters, gradients),
            ActivationSpecification activation => new ActivationLayerGradient<T>(activation, runner),
            SoftmaxSpecification => new SoftmaxGradient<T>(runner),
            LogSoftmaxSpecification => new LogSoftmaxGradient<T>(runner),
            ScaleSpecification => new ScaleGradient<T, TArithmetic>(runner, parameters, gradients),
            EmbeddingSpecification => new EmbeddingGradient<T>(runner, gradients),
            ResidualSpecification => new ResidualGradient<T>(runner),
            ConcatenationSpecification => new ConcatenationGradient<T>(runner),
            SumSpecification => new SumGradient<T>(runner),
            ProductSpecification => new ProductGradient<T>(runner),
            SliceSpecification slice => new SliceGradient<T>(slice, runner),
            ConvolutionSpecification convolution =>
                new ConvolutionGradient<T, TArithmetic>(convolution, runner, parameters, gradients),
            LayerNormalizationSpecification normalization =>
                new LayerNormalizationGradient<T, TArithmetic>(normalization, runner, parameters, gradients),
            MaxPoolingSpecification or MaxOverTimeSpecification => new MaxPoolingGradient<T>(runner),
            AveragePoolingSpecification or MeanOverTimeSpecification => new AveragePoolingGradient<T>(runner),
            SoftmaxOverTimeSpecification => new SoftmaxOverTimeGradient<T, TArithmetic>(runner),
            FlattenSpecification or UnflattenSpecification => new FlattenGradient<T>(runner),
            FinalStateSpecification or FinalCellStateSpecification => new FinalStateGradient<T>(runner),
            _ when StepSelection.Is(specification) => new StepSelectionGradient<T>(runner),
            _ => throw new InvalidOperationException($"The layer {specification.GetType()} has no gradient."),
        };
    }

    private static DirectionGradient<T> CreateDirection(
        RecurrentSpecification specification,
        LayerParameters<T> parameters,
        LayerParameters<double> gradients,
        Direction direction) => new(
            direction,
            RunnerFactory<T>.Default.CreateDirection(specification, parameters, direction),
            CreateCell(specification, parameters, gradients, direction),
            gradients.Part(ParameterRole.InitialHidden, direction),
            gradients.Part(ParameterRole.InitialCell, direction));

    private static CellGradient<T> CreateCell(
        RecurrentSpecification specification,
        LayerParameters<T> parameters,
        LayerParameters<double> gradients,
        Direction direction)
    {
        DirectionWeights<T> weights = DirectionWeights<T>.Create<TArithmetic>(specification, parameters, direction);
        return specification switch
        {
            SimpleRnnSpecification rnn => new SimpleRnnGradient<T>(rnn, weights, gradients, direction),
            LstmSpecification lstm => new LstmGradient<T, TArithmetic>(lstm, weights, gradients, direction),
            GruSpecification gru => new GruGradient<T, TArithmetic>(gru, weights, gradients, direction),
            _ => throw new InvalidOperationException($"The cell {specification.GetType()} has no gradient."),
        };
    }
}
