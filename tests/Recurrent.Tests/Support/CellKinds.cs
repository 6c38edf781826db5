namespace Recurrent.Tests.Support;

/// <summary>Kinds of layers by what they have in common.</summary>
internal static class CellKinds
{
    /// <summary>Those that multiply: the recurrent ones, Dense and Convolution.</summary>
    public static IReadOnlyList<CellKind> Products { get; } =
        [CellKind.SimpleRnn, CellKind.Lstm, CellKind.Gru, CellKind.GruResetBefore, CellKind.Dense, CellKind.Convolution];

    /// <summary>Those that put out as many features as they take.</summary>
    public static IReadOnlyList<CellKind> Pointwise { get; } =
        [CellKind.Activation, CellKind.Softmax, CellKind.Scale, CellKind.Residual];

    public static bool IsRecurrent(this CellKind kind) => kind < CellKind.Dense;

    public static bool IsPointwise(this CellKind kind) => kind >= CellKind.Activation;
}
