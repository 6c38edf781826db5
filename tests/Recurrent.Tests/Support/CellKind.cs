namespace Recurrent.Tests.Support;

/// <summary>What a layer of a case is. Those from <see cref="Activation"/> on take any size and put out the same.</summary>
public enum CellKind
{
    SimpleRnn,
    Lstm,
    Gru,
    GruResetBefore,
    Dense,
    Convolution,
    Embedding,
    Activation,
    Softmax,
    Scale,
    Residual,
}
