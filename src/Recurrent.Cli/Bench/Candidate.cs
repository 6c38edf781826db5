namespace Recurrent.Cli.Bench;

/// <summary>An instruction set and a number of threads.</summary>
internal sealed record Candidate(InstructionSet InstructionSet, int Threads)
{
    /// <summary>What a session takes at most.</summary>
    public const int MostThreads = 256;

    /// <summary>As in <c>avx512, 2 threads</c>.</summary>
    public override string ToString() => $"{NameOf(InstructionSet)}, {Threads} thread{(Threads == 1 ? "" : "s")}";

    public static string NameOf(InstructionSet isa) => InstructionSetNames.Of(isa);

    /// <summary>What is tried: what was asked for, else every vector instruction set and 1, 2, 4, … threads.</summary>
    /// <param name="request">The request.</param>
    /// <param name="available">Instruction sets of the machine, from the plainest to the widest.</param>
    /// <param name="processors">Processors of the machine.</param>
    /// <param name="forced">The instruction set that RECURRENT_ISA names; null without it.</param>
    public static IReadOnlyList<Candidate> For(
        BenchRequest request, IReadOnlyList<InstructionSet> available, int processors, InstructionSet? forced)
    {
        InstructionSet[] sets = (request.InstructionSet ?? forced) is { } only
            ? [only]
            : [.. available.Where(isa => isa != InstructionSet.Scalar || available.Count == 1).Reverse()];
        RequireAvailable(sets[0], available);
        int[] threads = request.Threads is { } number ? [number] : [.. ThreadsToTry(processors)];
        return [.. from isa in sets from count in threads select new Candidate(isa, count)];
    }

    /// <summary>Refuses an instruction set that the machine does not have.</summary>
    public static void RequireAvailable(InstructionSet isa, IReadOnlyList<InstructionSet> available)
    {
        if (!available.Contains(isa))
        {
            throw new UnusableInputException(
                $"--isa: this machine has {string.Join(", ", available.Select(NameOf))}, found {NameOf(isa)}.");
        }
    }

    private static IEnumerable<int> ThreadsToTry(int processors)
    {
        for (int threads = 1; threads < processors; threads *= 2)
        {
            yield return threads;
        }

        yield return processors;
    }
}
