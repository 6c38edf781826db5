using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>A model that was read from a file, and what had to be known or decided to read it. Immutable.</summary>
public sealed record ImportedModel
{
    /// <summary>The model, with the order of axes and the rule for rows of length 0 that the file says.</summary>
    public required ModelDefinition Definition { get; init; }

    /// <summary>What the file is, for people: <c>ONNX</c>, <c>NAM capture</c>.</summary>
    public required string Format { get; init; }

    /// <summary>
    /// The name in the file of each layer of <see cref="Definition"/>; where the file has none, what it was made from.
    /// </summary>
    public required IReadOnlyList<string> LayerNames { get; init; }

    /// <summary>
    /// How the file makes lengths of rows of what the model is given: null if it does not. The model alone takes rows as
    /// full; whoever runs it gives these lengths.
    /// </summary>
    public CountedLengths? CountedLengths { get; init; }

    /// <summary>What was assumed, folded, renamed or left out, in the order of the file.</summary>
    public IReadOnlyList<ImportNote> Notes { get; init; } = [];

    /// <summary>
    /// In which formats the file says that weights are computed, for <see cref="RecurrentModel"/>: those of a file of this library
    /// (<see cref="RecurrentFile"/>), whose weights are rounded already; of others the defaults, floats.
    /// </summary>
    public ModelOptions Options { get; init; } = new();

    /// <summary>Samples a second of the audio that the model was made for; null if the file does not say.</summary>
    public int? SampleRate { get; init; }

    /// <summary>The packed weights that a file of this library has beside its weights; null if it has none.</summary>
    public PackedWeights? PackedWeights { get; init; }

    /// <summary>What else the file says about itself.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
