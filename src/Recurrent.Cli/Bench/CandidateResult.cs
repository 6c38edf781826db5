namespace Recurrent.Cli.Bench;

/// <summary>What a candidate took in the comparison.</summary>
/// <param name="Candidate">The candidate.</param>
/// <param name="Microseconds">Of a call: the median over the rounds of a round's median.</param>
/// <param name="Way">How its threads divide the call, and what the cost model predicted for that.</param>
internal sealed record CandidateResult(Candidate Candidate, double Microseconds, PlanCandidate Way)
{
    // Within what rounds differ by on a machine with other work.
    private const double WorthOfAThread = 1.05;

    /// <summary>
    /// The fastest; but more threads only where they gain more than 5 %, because they keep more processors busy.
    /// </summary>
    public static CandidateResult Recommend(IReadOnlyList<CandidateResult> results)
    {
        double best = results.Min(result => result.Microseconds);
        return results
            .Where(result => result.Microseconds <= WorthOfAThread * best)
            .OrderBy(result => result.Candidate.Threads)
            .ThenBy(result => result.Microseconds)
            .First();
    }
}
