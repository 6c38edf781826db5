namespace Recurrent.Cli.Bench;

/// <summary>A product that reads a matrix of weights once: <c>[rows, terms]</c> times <c>[terms, columns]</c>.</summary>
/// <param name="Rows">Outputs: gates times hidden units.</param>
/// <param name="Terms">Inputs, states, or both.</param>
/// <param name="Columns">Batch rows, times steps where they are multiplied at once.</param>
/// <param name="Repeats">How often a call does it: once, or for every step.</param>
internal sealed record Phase(long Rows, long Terms, long Columns, long Repeats)
{
    /// <summary>Floating-point operations of one repeat; a multiply-add counts as two.</summary>
    public double Operations => 2.0 * Rows * Terms * Columns;

    /// <summary>Bytes of weights that one repeat reads.</summary>
    public double WeightBytes => (double)sizeof(float) * Rows * Terms;
}
