using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>A convolution over time there and back. Its history is a state: what it started from has a gradient too.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class ConvolutionGradient<T, TArithmetic>(
    ConvolutionSpecification specification,
    LayerRunner<T> runner,
    LayerParameters<T> parameters,
    LayerParameters<double> gradients) : LayerGradient<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly T[] _kernel = parameters.Packed<TArithmetic>(ParameterRole.InputWeights);
    private readonly T[] _bias =
        parameters.PackedOrZeros<TArithmetic>(ParameterRole.InputBias, specification.OutputSize);

    private readonly Memory<double> _kernelGradient = gradients.Part(ParameterRole.InputWeights);
    private readonly Memory<double> _biasGradient = gradients.Part(ParameterRole.InputBias);
    private readonly Memory<double> _historyGradient = gradients.Part(ParameterRole.InitialHidden);
    private readonly ActivationGradient _slope = new(specification.Activation);

    public override LayerSpecification Specification => specification;

    public override DirectionState<T>[] CreateStates(int batch) => runner.CreateStates(batch);

    public override DirectionState<double>[] CreateStateGradients(int batch) => specification.StateElements == 0
        ? []
        : [DirectionState<double>.OfHistory(new double[specification.StateElements], batch)];

    public override void AddInitialStates(DirectionState<double>[] gradients, int batch)
    {
        for (int row = 0; row < batch && !_historyGradient.IsEmpty; row++)
        {
            Product.Gather<double>(1, gradients[0].Row(StateKind.History, row), _historyGradient.Span);
        }
    }

    public override void Forward(LayerPass<T> pass)
    {
        pass.Tapes = [.. pass.States.Select(state => new DirectionTape<T>(state.All(StateKind.History).ToArray(), []))];
        runner.Run(pass.Read, pass.Output, pass.Extent, pass.States);
    }

    public override void Backward(LayerPass<T> pass, LayerPassGradients gradients)
    {
        LayerValue<T> read = pass.Read[0];
        int size = specification.InputSize;
        int history = (int)specification.StateElements;
        for (int row = 0; row < pass.Extent.Batch; row++)
        {
            T[] before = history == 0 ? [] : pass.Tapes[0].Hidden[(row * history)..((row + 1) * history)];
            ConvolutionSteps<T> steps = new(specification, read, before, row);
            double[] dSteps = new double[history + (read.Extent.Length(row) * size)];
            Span<double> dHistory = history == 0 ? [] : gradients.States[0].Row(StateKind.History, row);
            // The final history is that of the last steps.
            dHistory.CopyTo(dSteps.AsSpan(dSteps.Length - history));
            for (int t = 0; t < pass.Extent.Length(row); t++)
            {
                int output = ((t * pass.Extent.Batch) + row) * specification.OutputSize;
                GoBack(steps, dSteps, t, gradients.Output.AsSpan(output, specification.OutputSize));
            }

            dSteps.AsSpan(0, history).CopyTo(dHistory);
            for (int t = 0; t < read.Extent.Length(row); t++)
            {
                dSteps.AsSpan(history + (t * size), size)
                    .CopyTo(gradients.Input.AsSpan(((t * read.Extent.Batch) + row) * size));
            }
        }
    }

    /// <summary>Back from one window.</summary>
    private void GoBack(ConvolutionSteps<T> steps, double[] dSteps, int window, ReadOnlySpan<double> dy)
    {
        int outputs = specification.OutputSize / specification.Groups;
        int inputs = specification.InputSize / specification.Groups;
        for (int group = 0; group < specification.Groups; group++)
        {
            T[] x = steps.Gather(window, group);
            double[] dx = new double[x.Length];
            for (int j = group * outputs; j < (group + 1) * outputs; j++)
            {
                ReadOnlySpan<T> kernel = Product.Row(_kernel, j, x.Length);
                double da = dy[j] * _slope.At(Product.Chain(_bias[j], kernel, x));
                Product.Gather(da, kernel, dx);
                Product.Gather<T>(da, x, Product.Row(_kernelGradient, j, x.Length));
                if (!_biasGradient.IsEmpty)
                {
                    _biasGradient.Span[j] += da;
                }
            }

            for (int k = 0; k < specification.KernelSize; k++)
            {
                if (steps.PlaceOf(window, k) is >= 0 and var step)
                {
                    Product.Gather<double>(1, dx.AsSpan(k * inputs, inputs), steps.Span(dSteps, step, group));
                }
            }
        }
    }
}
