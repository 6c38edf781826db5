using System.CommandLine;
using Recurrent.Cli.Display;
using Recurrent.Cli.Weights;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Commands;

/// <summary>The option that says which format the weights of recurrent layers have; of more than one command.</summary>
/// <param name="description">What the command does with it.</param>
internal sealed class WeightsOption(string description)
{
    public const string Name = "--weights";

    private readonly Option<string?> _option = NetworkOptions.Choice(
        Name, string.Join('|', WeightFormatNames.All), WeightFormatNames.All, description);

    public void AddTo(Command command) => command.Add(_option);

    /// <summary>The format that the command line names; null if it names none.</summary>
    public WeightFormat? Read(ParseResult parsed) =>
        parsed.GetValue(_option) is { } name ? WeightFormatNames.Parse(name) : null;

    /// <summary>The formats that a model is computed in: the one that the command line names, or those of its file.</summary>
    public ModelOptions Read(ParseResult parsed, ImportedModel model) =>
        Read(parsed) is { } format ? WeightChoice.Of(format) : model.Options;

    /// <summary>Says where the format changes nothing of a model.</summary>
    public static void TellWithoutEffect(ModelDefinition model, WeightFormat? format, TextWriter error)
    {
        if (format is { } given && given != WeightFormat.Float32 && !model.Layers.Any(layer => layer is RecurrentLayer))
        {
            error.WriteMessage(
                $"{Name} {WeightFormatNames.Of(given)}: changes nothing, because the model has no recurrent layer; all others stay "
                + "float32.");
        }
    }
}
