namespace Recurrent.Cli.Bench;

/// <summary>Names of instruction sets on a command line. They need no native library: help and the reference do without.</summary>
internal static class InstructionSetNames
{
    private static readonly InstructionSet[] Known = [.. Enum.GetValues<InstructionSet>().Where(isa => isa >= 0)];

    /// <summary>All of them, from the plainest to the widest.</summary>
    public static IReadOnlyList<InstructionSet> All => Known;

    /// <summary>As in <c>scalar, avx2 or avx512</c>.</summary>
    public static string Listed =>
        $"{string.Join(", ", Known.SkipLast(1).Select(Of))} or {Of(Known[^1])}";

    public static string Of(InstructionSet isa) => isa.ToString().ToLowerInvariant();

    public static InstructionSet Parse(string name) => Enum.Parse<InstructionSet>(name, ignoreCase: true);
}
