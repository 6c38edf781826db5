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
public sealed class CellWeights
{
    /// <summary>Copies the weights of one direction. An empty span stands for an absent part.</summary>
    /// <param name="inputWeights"><c>W</c>, <c>[G*H, I]</c>.</param>
    /// <param name="recurrentWeights"><c>R</c>, the recurrent weights, <c>[G*H, S]</c>.</param>
    /// <param name="inputBias"><c>[G*H]</c>, or empty for none.</param>
    /// <param name="recurrentBias">
    /// The recurrent bias, <c>[G*H]</c>, or empty for none. Added to the input bias in one fp32 addition, except for
    /// the candidate of a reset-after GRU, which keeps the two apart.
    /// </param>
    /// <param name="peephole">LSTM peepholes <c>[3*H]</c> in the order i f o, or empty for none.</param>
    /// <param name="projection">LSTM projection <c>[S, H]</c>, or empty for none.</param>
    /// <param name="initialHidden">The state that a sequence starts from, <c>[S]</c>; empty for 0.</param>
    /// <param name="initialCell">An LSTM's cell state that a sequence starts from, <c>[H]</c>; empty for 0.</param>
    public CellWeights(
        ReadOnlySpan<float> inputWeights,
        ReadOnlySpan<float> recurrentWeights,
        ReadOnlySpan<float> inputBias = default,
        ReadOnlySpan<float> recurrentBias = default,
        ReadOnlySpan<float> peephole = default,
        ReadOnlySpan<float> projection = default,
        ReadOnlySpan<float> initialHidden = default,
        ReadOnlySpan<float> initialCell = default)
    {
        InputWeights = inputWeights.ToArray();
        RecurrentWeights = recurrentWeights.ToArray();
        InputBias = inputBias.ToArray();
        RecurrentBias = recurrentBias.ToArray();
        Peephole = peephole.ToArray();
        Projection = projection.ToArray();
        InitialHidden = initialHidden.ToArray();
        InitialCell = initialCell.ToArray();
    }

    private CellWeights()
    {
    }

    /// <summary><c>W</c>, <c>[G*H, I]</c>.</summary>
    public ReadOnlyMemory<float> InputWeights { get; private init; }

    /// <summary><c>R</c>, <c>[G*H, S]</c>.</summary>
    public ReadOnlyMemory<float> RecurrentWeights { get; private init; }

    /// <summary><c>[G*H]</c>, or empty for none.</summary>
    public ReadOnlyMemory<float> InputBias { get; private init; }

    /// <summary><c>[G*H]</c>, or empty for none.</summary>
    public ReadOnlyMemory<float> RecurrentBias { get; private init; }

    /// <summary>LSTM peepholes <c>[3*H]</c> in the order i f o, or empty for none.</summary>
    public ReadOnlyMemory<float> Peephole { get; private init; }

    /// <summary>LSTM projection <c>[S, H]</c>, or empty for none.</summary>
    public ReadOnlyMemory<float> Projection { get; private init; }

    /// <summary>The state that a sequence starts from, <c>[S]</c>; empty for 0.</summary>
    public ReadOnlyMemory<float> InitialHidden { get; private init; }

    /// <summary>An LSTM's cell state that a sequence starts from, <c>[H]</c>; empty for 0.</summary>
    public ReadOnlyMemory<float> InitialCell { get; private init; }

    /// <summary>
    /// The weights of one direction over memory that is not copied, for files that are larger than one likes to have
    /// twice.
    /// </summary>
    /// <param name="inputWeights"><c>W</c>, <c>[G*H, I]</c>. Like the others, it must not change from now on.</param>
    /// <param name="recurrentWeights"><c>R</c>, the recurrent weights, <c>[G*H, S]</c>.</param>
    /// <param name="inputBias"><c>[G*H]</c>, or empty for none.</param>
    /// <param name="recurrentBias">The recurrent bias, <c>[G*H]</c>, or empty for none.</param>
    /// <param name="peephole">LSTM peepholes <c>[3*H]</c> in the order i f o, or empty for none.</param>
    /// <param name="projection">LSTM projection <c>[S, H]</c>, or empty for none.</param>
    /// <param name="initialHidden">The state that a sequence starts from, <c>[S]</c>; empty for 0.</param>
    /// <param name="initialCell">An LSTM's cell state that a sequence starts from, <c>[H]</c>; empty for 0.</param>
    /// <returns>The weights.</returns>
    public static CellWeights Wrap(
        ReadOnlyMemory<float> inputWeights,
        ReadOnlyMemory<float> recurrentWeights,
        ReadOnlyMemory<float> inputBias = default,
        ReadOnlyMemory<float> recurrentBias = default,
        ReadOnlyMemory<float> peephole = default,
        ReadOnlyMemory<float> projection = default,
        ReadOnlyMemory<float> initialHidden = default,
        ReadOnlyMemory<float> initialCell = default) => new()
        {
            InputWeights = inputWeights,
            RecurrentWeights = recurrentWeights,
            InputBias = inputBias,
            RecurrentBias = recurrentBias,
            Peephole = peephole,
            Projection = projection,
            InitialHidden = initialHidden,
            InitialCell = initialCell,
        };

    /// <summary>The same weights with other initial states.</summary>
    /// <param name="hidden">The state that a sequence starts from, <c>[S]</c>, copied; empty for 0.</param>
    /// <param name="cell">An LSTM's cell state that a sequence starts from, <c>[H]</c>, copied; empty for 0.</param>
    /// <returns>The weights, sharing what is not changed.</returns>
    public CellWeights WithInitialState(ReadOnlySpan<float> hidden, ReadOnlySpan<float> cell = default) =>
        Wrap(
            InputWeights, RecurrentWeights, InputBias, RecurrentBias, Peephole, Projection, hidden.ToArray(), cell.ToArray());

    internal void Validate(RecurrentSpecification specification, string argument)
    {
        long rows = (long)specification.GateCount * specification.HiddenSize;
        Require.Shape(
            InputWeights.Length, rows, specification.InputSize,
            "[GateCount * HiddenSize, InputSize]", $"{argument}.{nameof(InputWeights)}");
        Require.Shape(
            RecurrentWeights.Length, rows, specification.StateSize,
            "[GateCount * HiddenSize, StateSize]", $"{argument}.{nameof(RecurrentWeights)}");
        Require.OptionalShape(
            InputBias.Length, rows, "[GateCount * HiddenSize]", $"{argument}.{nameof(InputBias)}");
        Require.OptionalShape(
            RecurrentBias.Length, rows, "[GateCount * HiddenSize]", $"{argument}.{nameof(RecurrentBias)}");
        ValidatePeephole(specification, $"{argument}.{nameof(Peephole)}");
        ValidateProjection(specification, $"{argument}.{nameof(Projection)}");
        Require.OptionalShape(
            InitialHidden.Length, specification.StateSize, "[StateSize]", $"{argument}.{nameof(InitialHidden)}");
        if (specification.HasCellState)
        {
            Require.OptionalShape(
                InitialCell.Length, specification.HiddenSize, "[HiddenSize]", $"{argument}.{nameof(InitialCell)}");
        }
        else
        {
            Require.Absent(InitialCell.Length, "only an LSTM has a cell state", $"{argument}.{nameof(InitialCell)}");
        }
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
