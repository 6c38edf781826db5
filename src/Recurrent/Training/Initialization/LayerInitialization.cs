namespace Recurrent.Training;

/// <summary>How the parameters of a new layer are drawn.</summary>
public sealed record LayerInitialization
{
    /// <summary>
    /// Keras's defaults: Glorot-uniform kernels, orthogonal recurrent kernels, one bias of 0, and 1 for an LSTM's forget
    /// gate; an embedding is uniform in ±0.05.
    /// </summary>
    public static LayerInitialization Keras { get; } = new();

    /// <summary>
    /// PyTorch's: all uniform in <c>±1 / sqrt(fan)</c>, and two biases; an embedding is standard normal there.
    /// </summary>
    public static LayerInitialization PyTorch { get; } = new()
    {
        Kernel = Initializers.PyTorchUniform,
        Recurrent = Initializers.PyTorchUniform,
        Bias = Initializers.PyTorchUniform,
        Embedding = new NormalInitializer(1),
        UnitForgetBias = false,
        RecurrentBias = true,
    };

    /// <summary>Of <c>W</c>, of a dense layer's matrix and of the kernel of a convolution, and of a projection.</summary>
    public Initializer Kernel { get; init; } = Initializers.GlorotUniform;

    /// <summary>Of <c>R</c>, all gates as one matrix <c>[G*H, S]</c>.</summary>
    public Initializer Recurrent { get; init; } = Initializers.Orthogonal();

    /// <summary>Of biases; null for a layer without.</summary>
    public Initializer? Bias { get; init; } = Initializers.Zeros;

    /// <summary>Of an embedding's table.</summary>
    public Initializer Embedding { get; init; } = Initializers.Uniform();

    /// <summary>Whether 1 is added to the bias of an LSTM's forget gate (Jozefowicz et al. 2015).</summary>
    public bool UnitForgetBias { get; init; } = true;

    /// <summary>
    /// Whether there is a recurrent bias too, as PyTorch has it. A GRU whose reset gate applies after the product always
    /// has one: its candidate needs both.
    /// </summary>
    public bool RecurrentBias { get; init; }
}
