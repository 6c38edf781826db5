using Recurrent.Layers;

namespace Recurrent.Cli.Bench;

/// <summary>A product that reads a matrix of weights once: <c>[rows, terms]</c> times <c>[terms, columns]</c>.</summary>
/// <param name="Rows">Outputs: gates times hidden units.</param>
/// <param name="Terms">Inputs, states, or both.</param>
/// <param name="Columns">Batch rows, times steps where they are multiplied at once.</param>
/// <param name="Repeats">How often a call does it: once, or for every step.</param>
internal sealed record Phase(long Rows, long Terms, long Columns, long Repeats)
{
    /// <summary>The format of the weights.</summary>
    public WeightFormat Weights { get; init; }

    /// <summary>Whether integers are multiplied, whose rate is not that of floats.</summary>
    public bool IsOfIntegers => Weights is WeightFormat.Int8 or WeightFormat.Int8With8BitInputs;

    /// <summary>Floating-point operations of one repeat; a multiply-add counts as two.</summary>
    public double Operations => 2.0 * Rows * Terms * Columns;

    /// <summary>Bytes of weights that one repeat reads.</summary>
    public double WeightBytes => Weights switch
    {
        WeightFormat.Float32 => 4.0,
        WeightFormat.BFloat16 => 2.0,
        _ => 1.0,
    }
        * Rows * Terms;
}
