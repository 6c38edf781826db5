using System.CommandLine;
using System.Text.RegularExpressions;
using Recurrent.Cli.Data;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Commands;

/// <summary>The options that say what a model file does not; of every command that reads one.</summary>
internal sealed partial class ModelFileOptions
{
    private readonly Option<string?> _modules = new("--modules")
    {
        Description = "PyTorch: modules and activations in the order in which they are applied: lstm,fc1,relu,fc2. "
            + "Default: all modules in an order that fits, without activations. What the file does not say of a module "
            + "stands in parentheses: rnn(relu), leaky_relu(0.2), residual(2).",
        HelpName = "LIST",
    };

    private readonly Option<string?> _nonlinearity = new("--nonlinearity")
    {
        Description = "PyTorch: the nonlinearity of an nn.RNN, tanh or relu. Default: tanh.",
        HelpName = "NAME",
    };

    private readonly Option<string?> _stateDict = new("--state-dict")
    {
        Description = "PyTorch: the entry of a checkpoint that holds the state dict. Default: it is looked for.",
        HelpName = "NAME",
    };

    private readonly Option<string[]> _initialStates = new("--initial-state")
    {
        Description = "PyTorch: the tensors that a module's states start from: lstm=h0,c0 or gru=h0. May be repeated.",
        HelpName = "MODULE=HIDDEN[,CELL]",
    };

    private readonly Option<bool> _everyStep = new("--every-step")
    {
        Description = "The model outputs every step of a sequence. Default, here and below: what the file says.",
    };

    private readonly Option<bool> _lastStep = new("--last-step") { Description = "It outputs only the last step." };

    private readonly Option<bool> _finalState = new("--final-state")
    {
        Description = "It outputs what the last layers make of the final states.",
    };

    private readonly Option<bool> _assumeDefaults = new("--assume-defaults")
    {
        Description = "PyTorch: of what a state dict does not say, assume every step, time-major and nothing between "
            + "modules. Hardly any model is like that. Default: refuse the file, with the options to add.",
    };

    private readonly LayoutOptions _layout = new();

    private readonly Option<int?> _kerasVersion = NetworkOptions.Number(
        "--keras-version", "N", 1, 3,
        "Keras: the major version that wrote the file, where the file does not name it; it decides what hard_sigmoid is.");

    private readonly Option<int?> _tensorMultiple = NetworkOptions.Number(
        "--tensor-multiple", "N", 1, 4096,
        "Keras: how many times the file's bytes its tensors may have as float32. Default: 4.");

    private readonly Option<bool> _onnxRuntimeDefaults = new("--onnxruntime-defaults")
    {
        Description = "ONNX: activations that name no alpha and beta have those of ONNX Runtime, not of the specification.",
    };

    private readonly Option<bool> _refuseHardLinks = new("--refuse-hard-links")
    {
        Description = "ONNX: refuse a file with external data that has another name, which may be a file from elsewhere. "
            + "Linux only.",
    };

    public ModelFileOptions() => _nonlinearity.AcceptOnlyFromAmong("tanh", "relu");

    private IEnumerable<Option> All =>
    [
        _modules, _nonlinearity, _stateDict, _initialStates, _everyStep, _lastStep, _finalState, _assumeDefaults,
        _kerasVersion, _tensorMultiple, _onnxRuntimeDefaults, _refuseHardLinks, .. _layout.All,
    ];

    public void AddTo(Command command)
    {
        foreach (Option option in All)
        {
            command.Add(option);
        }
    }

    /// <summary>The name of an option that the command line has; null if it has none of these.</summary>
    public string? AnyGiven(ParseResult parsed) => NetworkOptions.FirstGiven(parsed, All);

    public ImportOptions Read(ParseResult parsed) => new()
    {
        Modules = parsed.GetValue(_modules) is { } list ? [.. Comma().Split(list).Select(entry => entry.Trim())] : null,
        Nonlinearity = parsed.GetValue(_nonlinearity) switch
        {
            "relu" => Activation.Relu,
            "tanh" => Activation.Tanh,
            _ => null,
        },
        StateDict = parsed.GetValue(_stateDict),
        InitialStates = ReadInitialStates(parsed.GetValue(_initialStates) ?? []),
        Output = ReadOutput(parsed),
        Layout = _layout.Read(parsed),
        AssumeDefaults = parsed.GetValue(_assumeDefaults),
        KerasVersion = parsed.GetValue(_kerasVersion),
        TensorMultiple = parsed.GetValue(_tensorMultiple) ?? ImportOptions.Default.TensorMultiple,
        RefuseHardLinks = parsed.GetValue(_refuseHardLinks),
        OnnxActivationDefaults = parsed.GetValue(_onnxRuntimeDefaults)
            ? OnnxActivationDefaults.OnnxRuntime
            : OnnxActivationDefaults.Specification,
    };

    /// <summary>Reads a model file.</summary>
    /// <exception cref="UnusableInputException">It does not exist, or is a folder.</exception>
    /// <exception cref="ModelFormatException">It is no model, or one that is not supported.</exception>
    public static ImportedModel Load(string path, ImportOptions options)
    {
        InputFile.Require(path);
        return ModelFile.Load(path, options);
    }

    private ModelOutput? ReadOutput(ParseResult parsed)
    {
        ModelOutput[] given =
        [
            .. parsed.GetValue(_everyStep) ? [ModelOutput.EveryStep] : Array.Empty<ModelOutput>(),
            .. parsed.GetValue(_lastStep) ? [ModelOutput.LastStep] : Array.Empty<ModelOutput>(),
            .. parsed.GetValue(_finalState) ? [ModelOutput.FinalState] : Array.Empty<ModelOutput>(),
        ];
        return given switch
        {
            [] => null,
            [ModelOutput output] => output,
            _ => throw new UnusableInputException(
                "--every-step, --last-step, --final-state: expected one of them, found more."),
        };
    }

    private static Dictionary<string, InitialStateNames>? ReadInitialStates(string[] entries)
    {
        var names = new Dictionary<string, InitialStateNames>(StringComparer.Ordinal);
        foreach (string entry in entries)
        {
            string[] sides = entry.Split('=');
            string[] tensors = sides[^1].Split(',');
            if (sides.Length != 2 || tensors.Length > 2 || !names.TryAdd(
                    sides[0], new InitialStateNames(tensors[0], tensors.ElementAtOrDefault(1))))
            {
                throw new UnusableInputException(
                    $"--initial-state: expected MODULE=HIDDEN or MODULE=HIDDEN,CELL, once a module; found '{entry}'.");
            }
        }

        return names.Count == 0 ? null : names;
    }

    // A comma that is not between parentheses.
    [GeneratedRegex(@",(?![^(]*\))")]
    private static partial Regex Comma();
}
