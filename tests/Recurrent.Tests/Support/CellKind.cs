namespace Recurrent.Tests.Support;

/// <summary>What a layer of a case is.</summary>
public enum CellKind
{
    SimpleRnn,
    Lstm,
    Gru,
    GruResetBefore,
    Dense,
}
