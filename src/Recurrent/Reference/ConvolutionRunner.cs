using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// A convolution over time: every output is one chain over the steps of its window, from the oldest to the newest, and over the
/// features of its group in each of them. The terms of the padding are computed like others. Where values become integers,
/// what a group sees of a window has one scale.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class ConvolutionRunner<T, TArithmetic> : LayerRunner<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly ConvolutionSpecification _specification;
    private readonly WeightMatrix<T> _kernel;
    private readonly T[] _bias;
    private readonly T[] _initialHistory;
    private readonly ActivationFunction<T, TArithmetic> _activation;

    public ConvolutionRunner(ConvolutionSpecification specification, LayerParameters<T> parameters)
    {
        _specification = specification;
        _kernel = WeightMatrix<T>.Pack<TArithmetic>(parameters, ParameterRole.InputWeights, specification.RowLength);
        _bias = parameters.PackedOrZeros<TArithmetic>(ParameterRole.InputBias, specification.OutputSize);
        _initialHistory = parameters.PackedOrZeros<TArithmetic>(
            ParameterRole.InitialHidden, (int)specification.StateElements);
        _activation = new(specification.Activation);
    }

    public override LayerSpecification Specification => _specification;

    public override DirectionState<T>[] CreateStates(int batch) =>
        _initialHistory.Length == 0 ? [] : [DirectionState<T>.OfHistory(_initialHistory, batch)];

    public override void Run(LayerInput<T> input, Span<T> y, SequenceExtent extent, DirectionState<T>[] states)
    {
        for (int row = 0; row < extent.Batch; row++)
        {
            Span<T> history = states.Length == 0 ? [] : states[0].Row(StateKind.History, row);
            ConvolutionSteps<T> steps = new(_specification, input[0], history, row);
            for (int t = 0; t < extent.Length(row); t++)
            {
                Apply(steps, t, y.Slice(((t * extent.Batch) + row) * _specification.OutputSize, _specification.OutputSize));
            }

            steps.CopyHistory(history);
        }
    }

    private void Apply(ConvolutionSteps<T> steps, int window, Span<T> y)
    {
        int outputs = _specification.OutputSize / _specification.Groups;
        for (int group = 0; group < _specification.Groups; group++)
        {
            T[] x = steps.Gather(window, group);
            for (int j = group * outputs; j < (group + 1) * outputs; j++)
            {
                y[j] = _activation.Of(_kernel.Chain(_bias[j], j, x));
            }
        }
    }
}
