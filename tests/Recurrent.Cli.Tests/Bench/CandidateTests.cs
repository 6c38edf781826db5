using Recurrent.Cli.Bench;

namespace Recurrent.Cli.Tests.Bench;

/// <summary>What is tried, and what is recommended from it.</summary>
public sealed class CandidateTests
{
    private static readonly InstructionSet[] All = [InstructionSet.Scalar, InstructionSet.Avx2, InstructionSet.Avx512];
    private static readonly BenchRequest Request = new() { Cell = "lstm", Hidden = 8 };

    [Fact]
    public void Every_vector_set_is_tried_with_powers_of_two_up_to_the_processors()
    {
        Assert.Equal(
            [
                "avx512, 1 thread", "avx512, 2 threads", "avx512, 4 threads", "avx512, 6 threads",
                "avx2, 1 thread", "avx2, 2 threads", "avx2, 4 threads", "avx2, 6 threads",
            ],
            Names(Candidate.For(Request, All, 6, null)));
    }

    [Fact]
    public void What_is_asked_for_is_all_that_is_tried()
    {
        BenchRequest request = Request with { InstructionSet = InstructionSet.Scalar, Threads = 3 };
        Assert.Equal(["scalar, 3 threads"], Names(Candidate.For(request, All, 6, InstructionSet.Avx2)));
    }

    [Fact]
    public void A_machine_without_vectors_and_a_forced_set_have_one_to_try()
    {
        Assert.Equal(["scalar, 1 thread"], Names(Candidate.For(Request, [InstructionSet.Scalar], 1, null)));
        Assert.Equal(["avx2, 1 thread"], Names(Candidate.For(Request, All, 1, InstructionSet.Avx2)));
    }

    [Fact]
    public void A_set_that_the_machine_has_not_is_refused_by_name()
    {
        BenchRequest request = Request with { InstructionSet = InstructionSet.Avx512 };
        UnusableInputException error = Assert.Throws<UnusableInputException>(
            () => Candidate.For(request, [InstructionSet.Scalar], 1, null));
        Assert.Equal("--isa: this machine has scalar, found avx512.", error.Message);
    }

    [Theory]
    [InlineData(10.0, 9.6, 1)]
    [InlineData(10.0, 9.0, 2)]
    [InlineData(10.0, 30.0, 1)]
    public void More_threads_are_recommended_only_where_they_gain(double one, double two, int threads)
    {
        CandidateResult recommended = CandidateResult.Recommend(
        [
            Result(InstructionSet.Avx2, 2, two), Result(InstructionSet.Avx2, 1, one), Result(InstructionSet.Scalar, 1, 100),
        ]);
        Assert.Equal(threads, recommended.Candidate.Threads);
    }

    // What was predicted does not matter: what was measured decides.
    private static CandidateResult Result(InstructionSet isa, int threads, double microseconds) =>
        new(new Candidate(isa, threads), microseconds, new PlanCandidate(ThreadingStrategy.Alone, 1, 1, true));

    private static string[] Names(IEnumerable<Candidate> candidates) => [.. candidates.Select(c => c.ToString())];
}
