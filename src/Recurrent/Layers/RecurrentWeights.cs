namespace Recurrent.Layers;

/// <summary>
/// The weights of one direction of a recurrent layer, gates in canonical order: LSTM i f g o, GRU r z n. They are
/// copied and never change. <see cref="GateOrder"/> makes them from other orders.
/// </summary>
/// <remarks>
/// In the shapes, <c>G</c> is the number of gates, <c>H</c> the hidden size, <c>I</c> the input size and <c>S</c> the
/// size of the state that recurs; see <see cref="RecurrentSpecification"/>. Matrices are row-major. Shapes are checked
/// when a <see cref="RecurrentLayer"/> is made, because only its specification tells what they should be.
/// </remarks>
public sealed class RecurrentWeights
{
    /// <summary>Copies the weights of one direction. An empty span stands for an absent part.</summary>
    /// <param name="inputWeights"><c>W</c>, <c>[G*H, I]</c>.</param>
    /// <param name="stateWeights"><c>R</c>, the recurrent weights, <c>[G*H, S]</c>.</param>
    /// <param name="inputBias"><c>[G*H]</c>, or empty for none.</param>
    /// <param name="stateBias">
    /// The recurrent bias, <c>[G*H]</c>, or empty for none. Added to the input bias in one fp32 addition, except for
    /// the candidate of a reset-after GRU, which keeps the two apart.
    /// </param>
    /// <param name="peephole">LSTM peepholes <c>[3*H]</c> in the order i f o, or empty for none.</param>
    /// <param name="projection">LSTM projection <c>[S, H]</c>, or empty for none.</param>
    public RecurrentWeights(
        ReadOnlySpan<float> inputWeights,
        ReadOnlySpan<float> stateWeights,
        ReadOnlySpan<float> inputBias = default,
        ReadOnlySpan<float> stateBias = default,
        ReadOnlySpan<float> peephole = default,
        ReadOnlySpan<float> projection = default)
    {
        InputWeights = inputWeights.ToArray();
        StateWeights = stateWeights.ToArray();
        InputBias = inputBias.ToArray();
        StateBias = stateBias.ToArray();
        Peephole = peephole.ToArray();
        Projection = projection.ToArray();
    }

    /// <summary><c>W</c>, <c>[G*H, I]</c>.</summary>
    public ReadOnlyMemory<float> InputWeights { get; }

    /// <summary><c>R</c>, <c>[G*H, S]</c>.</summary>
    public ReadOnlyMemory<float> StateWeights { get; }

    /// <summary><c>[G*H]</c>, or empty for none.</summary>
    public ReadOnlyMemory<float> InputBias { get; }

    /// <summary><c>[G*H]</c>, or empty for none.</summary>
    public ReadOnlyMemory<float> StateBias { get; }

    /// <summary>LSTM peepholes <c>[3*H]</c> in the order i f o, or empty for none.</summary>
    public ReadOnlyMemory<float> Peephole { get; }

    /// <summary>LSTM projection <c>[S, H]</c>, or empty for none.</summary>
    public ReadOnlyMemory<float> Projection { get; }

    internal void Validate(RecurrentSpecification specification, string argument)
    {
        long rows = (long)specification.GateCount * specification.HiddenSize;
        Require.Shape(
            InputWeights.Length, rows, specification.InputSize,
            "[GateCount * HiddenSize, InputSize]", $"{argument}.{nameof(InputWeights)}");
        Require.Shape(
            StateWeights.Length, rows, specification.StateSize,
            "[GateCount * HiddenSize, StateSize]", $"{argument}.{nameof(StateWeights)}");
        Require.OptionalShape(
            InputBias.Length, rows, "[GateCount * HiddenSize]", $"{argument}.{nameof(InputBias)}");
        Require.OptionalShape(
            StateBias.Length, rows, "[GateCount * HiddenSize]", $"{argument}.{nameof(StateBias)}");
        ValidatePeephole(specification, $"{argument}.{nameof(Peephole)}");
        ValidateProjection(specification, $"{argument}.{nameof(Projection)}");
    }

    private void ValidatePeephole(RecurrentSpecification specification, string argument)
    {
        if (specification is LstmSpecification)
        {
            Require.OptionalShape(Peephole.Length, 3L * specification.HiddenSize, "[3 * HiddenSize]", argument);
        }
        else
        {
            Require.Absent(Peephole.Length, "only an LSTM has peepholes", argument);
        }
    }

    private void ValidateProjection(RecurrentSpecification specification, string argument)
    {
        if (specification is LstmSpecification { ProjectionSize: > 0 } lstm)
        {
            Require.Shape(
                Projection.Length, lstm.ProjectionSize, lstm.HiddenSize, "[ProjectionSize, HiddenSize]", argument);
        }
        else
        {
            Require.Absent(Projection.Length, "the specification has no ProjectionSize", argument);
        }
    }
}
