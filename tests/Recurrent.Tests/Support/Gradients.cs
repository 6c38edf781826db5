namespace Recurrent.Tests.Support;

/// <summary>The gradients of a loss.</summary>
internal sealed record Gradients<T>(T[] Parameters, T[] X, T[] States)
{
    public static Gradients<T> Empty(int parameters, int inputs, int states) =>
        new(new T[parameters], new T[inputs], new T[states]);
}
