using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The weights of one direction in <typeparamref name="T"/>, biases folded.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class DirectionWeights<T>
    where T : IFloatingPointIeee754<T>
{
    private DirectionWeights(RecurrentSpecification specification)
    {
        InputSize = specification.InputSize;
        HiddenSize = specification.HiddenSize;
        StateSize = specification.StateSize;
    }

    public int InputSize { get; }

    public int HiddenSize { get; }

    public int StateSize { get; }

    /// <summary><c>[G*H, I]</c>.</summary>
    public required WeightMatrix<T> Input { get; init; }

    /// <summary><c>[G*H, S]</c>.</summary>
    public required WeightMatrix<T> State { get; init; }

    /// <summary>
    /// <c>[G*H]</c>: both biases in one, except for the candidate of a reset-after GRU: the input bias.
    /// </summary>
    public required T[] Bias { get; init; }

    /// <summary><c>[H]</c>: the state bias of a reset-after GRU's candidate.</summary>
    public required T[] CandidateStateBias { get; init; }

    /// <summary><c>[3*H]</c>, or empty.</summary>
    public required T[] Peephole { get; init; }

    /// <summary><c>[S, H]</c>, or empty.</summary>
    public required WeightMatrix<T> Projection { get; init; }

    /// <summary>Packs the weights of one direction: biases folded, then all flushed.</summary>
    public static DirectionWeights<T> Create<TArithmetic>(
        RecurrentSpecification specification, LayerParameters<T> parameters, Direction direction)
        where TArithmetic : IArithmetic<T>
    {
        int hidden = specification.HiddenSize;
        int rows = specification.GateCount * hidden;
        Memory<T> givenInput = parameters.Part(ParameterRole.InputBias, direction);
        Memory<T> givenState = parameters.Part(ParameterRole.RecurrentBias, direction);
        T[] inputBias = givenInput.IsEmpty ? new T[rows] : givenInput.ToArray();
        T[] recurrentBias = givenState.IsEmpty ? new T[rows] : givenState.ToArray();
        bool candidateApart = specification is GruSpecification { ResetAfter: true };
        int folded = candidateApart ? 2 * hidden : rows;
        for (int row = 0; row < folded; row++)
        {
            // One addition, and none at all where there is only one bias.
            inputBias[row] = givenState.IsEmpty ? inputBias[row]
                : givenInput.IsEmpty ? recurrentBias[row]
                : inputBias[row] + recurrentBias[row];
        }

        return new DirectionWeights<T>(specification)
        {
            Input = WeightMatrix<T>.Pack<TArithmetic>(
                parameters, ParameterRole.InputWeights, specification.InputSize, direction),
            State = WeightMatrix<T>.Pack<TArithmetic>(
                parameters, ParameterRole.RecurrentWeights, specification.StateSize, direction),
            Bias = Array.ConvertAll(inputBias, TArithmetic.Flush),
            CandidateStateBias = candidateApart ? Array.ConvertAll(recurrentBias[(2 * hidden)..], TArithmetic.Flush) : [],
            Peephole = parameters.Packed<TArithmetic>(ParameterRole.Peephole, direction),
            Projection = WeightMatrix<T>.Pack<TArithmetic>(
                parameters, ParameterRole.Projection, specification.HiddenSize, direction),
        };
    }

    /// <summary><c>b + W x</c> of one row.</summary>
    public T InputChain(int row, ReadOnlySpan<T> x) => Input.Chain(Bias[row], row, x);

    /// <summary><c>start + R h</c> of one row.</summary>
    public T StateChain(T start, int row, ReadOnlySpan<T> h) => State.Chain(start, row, h);

    /// <summary><c>b + W x + R h</c> of one row, one chain; integers of x and of h have a scale each.</summary>
    public T GateChain(int row, ReadOnlySpan<T> x, ReadOnlySpan<T> h) => StateChain(InputChain(row, x), row, h);
}
