using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary><c>y = f(b + V x)</c> of every valid step.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class DenseRunner<T, TArithmetic> : LayerRunner<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly DenseSpecification _specification;
    private readonly T[] _kernel;
    private readonly T[] _bias;
    private readonly ActivationFunction<T, TArithmetic> _activation;

    public DenseRunner(DenseLayer layer)
    {
        _specification = layer.Specification;
        _kernel = DirectionWeights<T>.Promote<TArithmetic>(layer.Weights.Kernel);
        _bias = layer.Weights.Bias.IsEmpty
            ? new T[_specification.OutputSize]
            : DirectionWeights<T>.Promote<TArithmetic>(layer.Weights.Bias);
        _activation = new(_specification.Activation);
    }

    public override LayerSpecification Specification => _specification;

    public override void Run(ReadOnlySpan<T> x, Span<T> y, SequenceExtent extent, DirectionState<T>[] states)
    {
        int inputs = _specification.InputSize;
        int outputs = _specification.OutputSize;
        for (int row = 0; row < extent.Batch; row++)
        {
            for (int t = 0; t < extent.Length(row); t++)
            {
                int step = (t * extent.Batch) + row;
                Apply(x.Slice(step * inputs, inputs), y.Slice(step * outputs, outputs));
            }
        }
    }

    private void Apply(ReadOnlySpan<T> x, Span<T> y)
    {
        for (int j = 0; j < y.Length; j++)
        {
            y[j] = _activation.Of(Product.Chain(_bias[j], Product.Row(_kernel, j, x.Length), x));
        }
    }
}
