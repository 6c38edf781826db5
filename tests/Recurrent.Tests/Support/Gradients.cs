using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>The gradients of a loss.</summary>
internal sealed record Gradients<T>(T[] Parameters, T[] X, T[] States)
{
    public static Gradients<T> Empty(int parameters, int inputs, int states) =>
        new(new T[parameters], new T[inputs], new T[states]);

    /// <summary>What a tolerance is for: each block of parameters, the inputs, the states.</summary>
    public IEnumerable<(string Name, T[] Values)> Parts(IReadOnlyList<ParameterBlock> blocks) =>
    [
        .. blocks.Select(block => ($"{block}", Parameters.AsSpan(block.Offset, block.Length).ToArray())),
        ("input", X),
        ("initial states", States),
    ];
}
