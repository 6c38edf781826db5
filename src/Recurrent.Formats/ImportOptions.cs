using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>What a file does not say. Each option is used by the formats that need it.</summary>
public sealed record ImportOptions
{
    /// <summary>What an import does if nothing is said.</summary>
    public static ImportOptions Default { get; } = new();

    /// <summary>
    /// The major version of Keras, 1 to 3, that a file was written with, where the file does not name it;
    /// <c>hard_sigmoid</c> is <c>0.2 x + 0.5</c> before version 3 and <c>x / 6 + 0.5</c> since. Null to go by what the
    /// file looks like.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not null nor 1 to 3.</exception>
    public int? KerasVersion
    {
        get;
        init => field = value is null or (>= 1 and <= 3)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(KerasVersion), value, $"{nameof(KerasVersion)}: expected 1 to 3 or null, found {value}.");
    }

    /// <summary>
    /// Keras: the bytes that the tensors of a file may have as float32, for each byte of the file; 4 if nothing is said. What
    /// goes beyond that and a megabyte is refused before it is read: a small file can speak of tensors of any size, and
    /// weights of trained models hardly get smaller by compression.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not 1 to 4096.</exception>
    public int TensorMultiple
    {
        get;
        init => field = value is >= 1 and <= 4096
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(TensorMultiple), value, $"{nameof(TensorMultiple)}: expected 1 to 4096, found {value}.");
    } = 4;

    /// <summary>
    /// PyTorch: the modules and activations that the model consists of, in the order in which they are applied, such as
    /// <c>["lstm", "fc1", "relu", "fc2", "softmax"]</c>. Null to take all modules in an order that fits, without
    /// activations; needed where they cannot be all that there is: where numbers of an <c>nn.Sequential</c> are missing
    /// (<c>head.0</c>, <c>head.3</c>), or linear modules follow each other.
    /// </summary>
    /// <remarks>
    /// An entry is the name of a module of the file, whole or without what comes before a dot if that is unique; or, if
    /// no module has that name, an activation (<c>tanh</c>, <c>sigmoid</c>, <c>relu</c>, <c>leaky_relu(0.2)</c>,
    /// <c>elu</c>, <c>hardsigmoid</c>, <c>softsign</c>, <c>softplus</c>, <c>identity</c>), <c>softmax</c>, or
    /// <c>residual(2)</c>, which adds what the layer two before took in, each layer of a stack counting as one. What
    /// the file does not say of a module is written in parentheses: <c>rnn(relu)</c>, <c>words(embedding)</c>,
    /// <c>words(linear)</c>, <c>norm(0.001)</c> (the <c>eps</c> of a batch normalization). Modules of the file that are
    /// not listed are left out.
    /// </remarks>
    public IReadOnlyList<string>? Modules { get; init; }

    /// <summary>
    /// PyTorch: the <c>nonlinearity</c> of each <c>nn.RNN</c> that <see cref="Modules"/> says nothing else of; null for
    /// tanh.
    /// </summary>
    public Activation? Nonlinearity { get; init; }

    /// <summary>PyTorch: the entry of a checkpoint that is the state dict; null to look for it.</summary>
    public string? StateDict { get; init; }

    /// <summary>
    /// PyTorch: whether to assume what a bare state dict does not say. If nobody has said <see cref="Output"/> and
    /// <see cref="Layout"/>, or what lies where its modules cannot be all, then the model outputs every step, its
    /// sequences are time-major, and between its modules there is nothing; <see cref="ImportedModel.Notes"/> tell of it.
    /// Without it such a file is refused with the options to add: hardly any real model is like that.
    /// </summary>
    public bool AssumeDefaults { get; init; }

    /// <summary>PyTorch: the tensors that hold initial states, by the name of the recurrent module.</summary>
    public IReadOnlyDictionary<string, InitialStateNames>? InitialStates { get; init; }

    /// <summary>
    /// What the model outputs for a sequence; null for what the file says. A bare state dict of PyTorch does not say it.
    /// </summary>
    public ModelOutput? Output { get; init; }

    /// <summary>
    /// Order of the axes of a sequence, <see cref="ModelDefinition.Layout"/> (PyTorch <c>batch_first=True</c> is
    /// batch-major); null for what the file says. A bare state dict of PyTorch does not say it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public SequenceLayout? Layout
    {
        get;
        init => field = value is null || Enum.IsDefined(value.Value)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(Layout), value, $"{nameof(Layout)}: expected TimeMajor, BatchMajor or null, found {value}.");
    }

    /// <summary>
    /// ONNX: whether a file with external data is refused if it has more than one name. A hard link in the model's folder may
    /// be a file from elsewhere, which nothing else tells. That is known on Linux; on other systems every file with external
    /// data is then refused.
    /// </summary>
    public bool RefuseHardLinks { get; init; }

    /// <summary>
    /// What parameters of activations are in a recurrent node of ONNX that leaves them out: those of the specification if
    /// nothing is said.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public OnnxActivationDefaults OnnxActivationDefaults
    {
        get;
        init => field = Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(OnnxActivationDefaults),
                value,
                $"{nameof(OnnxActivationDefaults)}: expected Specification or OnnxRuntime, found {value}.");
    }
}
