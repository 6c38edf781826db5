namespace Recurrent.Layers;

/// <summary>What a block of a model's parameters is.</summary>
public enum ParameterRole
{
    /// <summary>The kernel: <c>[G*H, I]</c>; of a dense layer <c>[H, I]</c>; of a convolution <c>[H, K*I/groups]</c>.</summary>
    InputWeights = 0,

    /// <summary>The recurrent kernel: <c>[G*H, S]</c>.</summary>
    RecurrentWeights = 1,

    /// <summary>The bias: <c>[G*H]</c>; of a dense layer or a convolution <c>[H]</c>.</summary>
    InputBias = 2,

    /// <summary>The recurrent bias: <c>[G*H]</c>.</summary>
    RecurrentBias = 3,

    /// <summary>An LSTM's peepholes i f o: <c>[3*H]</c>.</summary>
    Peephole = 4,

    /// <summary>An LSTM's projection: <c>[S, H]</c>.</summary>
    Projection = 5,

    /// <summary>The state that a sequence starts from: <c>[S]</c>; of a convolution its history, <c>[(K-1)*dilation*I]</c>.</summary>
    InitialHidden = 6,

    /// <summary>An LSTM's cell state that a sequence starts from: <c>[H]</c>.</summary>
    InitialCell = 7,

    /// <summary>Factors of a scale or a layer normalization: <c>[H]</c>.</summary>
    Factors = 8,

    /// <summary>Offsets of a scale or a layer normalization: <c>[H]</c>.</summary>
    Offsets = 9,

    /// <summary>An embedding's table: <c>[I, H]</c>.</summary>
    Table = 10,
}
