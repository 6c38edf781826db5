using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// An <c>nn.Linear</c>, or an <c>nn.Embedding</c>, whose parameter looks like that of one without bias.
/// </summary>
internal sealed class MatrixModule : PyTorchModule
{
    public const string LinearArgument = "linear";
    public const string EmbeddingArgument = "embedding";

    private readonly int _rows;
    private readonly int _columns;

    private readonly bool _isKnown;

    private MatrixModule(ITensorSource source, string prefix, int rows, int columns, bool isEmbedding, bool isKnown)
        : base(source, prefix)
    {
        _rows = rows;
        _columns = columns;
        _isKnown = isKnown;
        IsEmbedding = isEmbedding;
    }

    public override string Kind => IsEmbedding ? "nn.Embedding" : "nn.Linear";

    // An embedding's table has a row for each index, a linear module's matrix a row for each output.
    public override int InputSize => IsEmbedding ? _rows : _columns;

    public override int OutputSize => IsEmbedding ? _columns : _rows;

    // Where it could be either and its place is not known, its name is the best hint that there is.
    public override int Rank => IsAmbiguous && Name.Contains("emb", StringComparison.OrdinalIgnoreCase) ? -1 : 1;

    /// <summary>Whether it is taken as an embedding.</summary>
    public bool IsEmbedding { get; }

    /// <summary>What a list of modules says in parentheses for it to be taken so.</summary>
    public string Argument => IsEmbedding ? EmbeddingArgument : LinearArgument;

    /// <summary>Whether it could be either.</summary>
    public bool IsAmbiguous => !_isKnown && !Source.Has(Prefix + "bias");

    /// <summary>Finds a module.</summary>
    /// <param name="source">The file.</param>
    /// <param name="prefix">What the names of its parameters begin with.</param>
    /// <param name="isEmbedding">Whether it is an embedding; null if its class is not known.</param>
    public static MatrixModule Specify(ITensorSource source, string prefix, bool? isEmbedding = null)
    {
        (int rows, int columns) = ModuleParameters.MatrixSizes(source.Require(prefix + "weight"));
        return new MatrixModule(source, prefix, rows, columns, isEmbedding == true, isEmbedding is not null);
    }

    /// <summary>The same module taken as an embedding, or not.</summary>
    public MatrixModule As(bool isEmbedding) => new(Source, Prefix, _rows, _columns, isEmbedding, _isKnown);

    /// <summary>Whether it is taken as an embedding by where it stands.</summary>
    public bool IsTakenForEmbedding => IsEmbedding && !_isKnown;

    /// <summary>The same module as a list of modules calls it.</summary>
    public override PyTorchModule As(ModuleListEntry entry) => entry.Argument switch
    {
        null => this,
        LinearArgument when !_isKnown || !IsEmbedding => As(isEmbedding: false),
        EmbeddingArgument when IsAmbiguous || IsEmbedding => As(isEmbedding: true),
        LinearArgument => throw new ModelFormatException(
            $"module '{Name}': expected {EmbeddingArgument}, which is its class; found '{entry}'."),
        EmbeddingArgument => throw new ModelFormatException(
            $"module '{Name}': expected {LinearArgument}, because it has a bias; found '{entry}'."),
        _ => throw new ModelFormatException(
            $"module '{Name}': expected {LinearArgument} or {EmbeddingArgument} in parentheses, found '{entry}'."),
    };

    public override ModuleListEntry FullEntry(ImportOptions options) => new(Name, IsEmbedding ? Argument : null);

    public override IEnumerable<string> KnownParameters() => [Prefix + "weight", Prefix + "bias"];

    public override IReadOnlyList<Layer> Read(ModuleListEntry entry, PyTorchImport import) =>
        [IsEmbedding ? ReadEmbedding() : ReadLinear(import.TakeActivation())];

    public DenseLayer ReadLinear(Activation activation)
    {
        var specification = new DenseSpecification
        {
            InputSize = InputSize,
            OutputSize = OutputSize,
            Activation = activation,
        };
        var weights = DenseWeights.Wrap(
            ModuleParameters.Read(Source, Prefix + "weight", _rows, _columns),
            ModuleParameters.ReadOptional(Source, Prefix + "bias", _rows));
        return new DenseLayer(specification, weights);
    }

    private EmbeddingLayer ReadEmbedding() => EmbeddingLayer.Wrap(
        new EmbeddingSpecification { InputSize = InputSize, OutputSize = OutputSize },
        ModuleParameters.Read(Source, Prefix + "weight", _rows, _columns));
}
