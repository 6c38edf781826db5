using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// One direction of a recurrent layer on the way back. What a step computed is computed again from what it read, which
/// is all that the way there keeps; gradients are in double, whatever the number type.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="weights">The weights.</param>
/// <param name="gradients">Their gradients; added to.</param>
/// <param name="direction">The direction.</param>
internal abstract class CellGradient<T>(
    DirectionWeights<T> weights, LayerParameters<double> gradients, Direction direction)
    where T : IFloatingPointIeee754<T>
{
    private readonly Memory<double> _input = gradients.Part(ParameterRole.InputWeights, direction);
    private readonly Memory<double> _state = gradients.Part(ParameterRole.RecurrentWeights, direction);
    private readonly Memory<double> _inputBias = gradients.Part(ParameterRole.InputBias, direction);
    private readonly Memory<double> _stateBias = gradients.Part(ParameterRole.RecurrentBias, direction);

    protected DirectionWeights<T> Weights { get; } = weights;

    /// <summary>Goes back over one step of one row.</summary>
    public abstract void Step(in CellStep<T> step);

    protected static double Wide(T value) => double.CreateChecked(value);

    /// <summary>
    /// From the gradient of <c>a = b + W x + R h</c>, one row, to those of everything in it; <paramref name="hidden"/> is
    /// what stands for <c>h</c>.
    /// </summary>
    protected void Gate(
        int row, double gradient, in CellStep<T> step, ReadOnlySpan<T> hidden, Span<double> hiddenGradient)
    {
        InputPart(row, gradient, step);
        StatePart(row, gradient, hidden, hiddenGradient);
    }

    /// <summary>The part <c>b_W + W x</c> of a pre-activation.</summary>
    protected void InputPart(int row, double gradient, in CellStep<T> step)
    {
        Product.Gather(gradient, step.X, Product.Row(_input, row, Weights.InputSize));
        Product.Gather(gradient, Weights.Input.Row(row), step.XGradient);
        Add(gradient, _inputBias.Span, row);
    }

    /// <summary>The part <c>b_R + R h</c> of a pre-activation.</summary>
    protected void StatePart(int row, double gradient, ReadOnlySpan<T> hidden, Span<double> hiddenGradient)
    {
        Product.Gather(gradient, hidden, Product.Row(_state, row, Weights.StateSize));
        Product.Gather(gradient, Weights.State.Row(row), hiddenGradient);
        Add(gradient, _stateBias.Span, row);
    }

    private static void Add(double gradient, Span<double> biases, int row)
    {
        if (!biases.IsEmpty)
        {
            biases[row] += gradient;
        }
    }
}
