namespace Recurrent.Training;

/// <summary>How the first values of a matrix or vector of parameters are drawn.</summary>
public abstract class Initializer
{
    /// <summary>Fills a matrix.</summary>
    /// <param name="values"><c>[rows, columns]</c>, row-major: rows are outputs, columns inputs; a vector has one row.</param>
    /// <param name="shape">The shape.</param>
    /// <param name="random">Where random numbers come from.</param>
    public abstract void Fill(Span<float> values, InitializerShape shape, SeededRandom random);
}
