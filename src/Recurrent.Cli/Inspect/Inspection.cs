using Recurrent.Cli.Commands;
using Recurrent.Cli.Weights;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Inspect;

/// <summary>What a file holds.</summary>
internal sealed record Inspection
{
    public required string File { get; init; }

    public required string Format { get; init; }

    /// <summary>The model; null if the file holds only tensors.</summary>
    public ImportedModel? Model { get; init; }

    public IReadOnlyList<LayerSummary> Layers { get; init; } = [];

    /// <summary>How long a step takes; null if that cannot be said here.</summary>
    public StepMeasurement? Step { get; init; }

    /// <summary>Why there is no time of a step; null if there is.</summary>
    public string? NoStep { get; init; }

    /// <summary>The formats that weights are computed in.</summary>
    public ModelOptions Formats { get; init; } = WeightChoice.Floats;

    /// <summary>What that does on an input; null if none was given.</summary>
    public FormatErrors? Errors { get; init; }

    /// <summary>The tensors of a file without a model.</summary>
    public IReadOnlyList<TensorSummary> Tensors { get; init; } = [];

    /// <summary>Why the tensors are no model; null if they are.</summary>
    public string? NotSupported { get; init; }

    /// <summary>What the file does not say, as options of the tool that would; null if it says all.</summary>
    public string? Proposal { get; init; }

    /// <summary>The same as lines of C#.</summary>
    public IReadOnlyList<string> ProposedLines { get; init; } = [];

    public long Parameters => Layers.Sum(layer => layer.Parameters);

    /// <summary>Looks at a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="options">What the file does not say.</param>
    /// <param name="formats">The formats that weights are computed in; null for those that the file says.</param>
    /// <param name="measure">Whether steps are timed.</param>
    /// <exception cref="ModelFormatException">It holds neither a model that is supported nor tensors.</exception>
    public static Inspection Of(string path, ImportOptions options, ModelOptions? formats, bool measure)
    {
        try
        {
            return OfModel(path, ModelFileOptions.Load(path, options), formats, measure);
        }
        catch (ModelFormatException e) when (e.Proposal is { } proposal)
        {
            return Of(path, options with { AssumeDefaults = true }, formats, measure) with
            {
                Proposal = ProposedOptions.Of(proposal),
                ProposedLines = e.ProposedLines,
            };
        }
        catch (ModelFormatException e)
        {
            return OfTensors(path, e) ?? throw new ModelFormatException($"not supported: {e.Message}", e);
        }
    }

    private static Inspection OfModel(string path, ImportedModel model, ModelOptions? given, bool measure)
    {
        ModelOptions formats = given ?? model.Options;
        var inspection = new Inspection
        {
            File = path,
            Format = model.Format,
            Model = model,
            Formats = formats,
            Layers = [.. model.Definition.Layers.Select((layer, index) => LayerSummary.Of(layer, model.LayerNames[index]) with
            {
                Weights = WeightChoice.DescribeLayer(formats, layer, index),
                Reads = model.Definition.IsChain ? [] : NamesRead(model, index),
            })],
        };
        try
        {
            return inspection with { Step = StepMeasurement.Of(model.Definition, formats, measure) };
        }
        catch (Exception e) when (ExitCode.IsUnusable(e))
        {
            return inspection with { NoStep = e.Message };
        }
    }

    /// <summary>What a layer reads: inputs and layers by their names, with a number where two have the same.</summary>
    private static string[] NamesRead(ImportedModel model, int layer)
    {
        ModelDefinition definition = model.Definition;
        string[] names = [.. definition.Inputs.Select(input => input.Name), .. model.LayerNames];
        return
        [
            .. definition.Nodes[layer].Inputs.Select(value => names.Count(name => name == names[value]) == 1
                ? names[value]
                : value < definition.Inputs.Count ? $"input {names[value]}" : $"layer {value - definition.Inputs.Count}"),
        ];
    }

    private static Inspection? OfTensors(string path, ModelFormatException reason)
    {
        try
        {
            using SafetensorsFile file = SafetensorsFile.Open(path);
            return new Inspection
            {
                File = path,
                Format = "tensors in safetensors",
                Tensors = [.. file.Tensors.Values
                    .Select(tensor => new TensorSummary(tensor.Name, tensor.ElementType.ToString(), tensor.Shape))],
                NotSupported = reason.Message,
            };
        }
        catch (ModelFormatException)
        {
            return null;
        }
    }
}
