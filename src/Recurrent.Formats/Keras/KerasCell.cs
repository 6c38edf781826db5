using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>
/// A recurrent layer of a configuration: <c>LSTM</c>, <c>GRU</c>, <c>SimpleRNN</c>, or <c>RNN</c> around such a cell.
/// </summary>
internal sealed class KerasCell
{
    private const string Supported = "LSTM, GRU, SimpleRNN, or RNN with one of their cells";

    private readonly string _kind;
    private readonly JsonValue _cell;
    private readonly JsonValue _wrapper;

    private KerasCell(string kind, JsonValue cell, JsonValue wrapper)
    {
        _kind = kind;
        _cell = cell;
        _wrapper = wrapper;
    }

    public int Units => _cell["units"].Size();

    public bool HasBias => _cell.Find("use_bias")?.Flag() ?? true;

    public bool ReturnsSequences => _wrapper.Find("return_sequences")?.Flag() ?? false;

    public bool GoesBackwards => _wrapper.Find("go_backwards")?.Flag() ?? false;

    public bool IsTimeMajor => _wrapper.Find("time_major")?.Flag() ?? false;

    /// <summary>Whether Keras keeps its state from one batch to the next.</summary>
    public bool IsStateful => _wrapper.Find("stateful")?.Flag() ?? false;

    /// <summary>Whether it puts out 0 at a missing step instead of the output before.</summary>
    public bool ZeroesMissing => _wrapper.Find("zero_output_for_mask")?.Flag() ?? false;

    /// <summary>Whether a layer of this class may be one.</summary>
    public static bool IsKnown(string kind) => kind is "LSTM" or "GRU" or "SimpleRNN" or "RNN";

    /// <summary>Refuses cells that are not known, before their weights are looked at.</summary>
    public static void RequireKnown(KerasNetwork network)
    {
        foreach (KerasLayer layer in network.Layers)
        {
            if (layer.Model is { } model)
            {
                RequireKnown(model);
            }
            else if (layer.Kind == "RNN")
            {
                Read(layer.Kind, layer.Config, layer.Name);
            }
        }
    }

    /// <summary>Reads a layer.</summary>
    /// <param name="kind">Its class.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="owner">Its name, for messages.</param>
    public static KerasCell Read(string kind, JsonValue config, string owner)
    {
        if (!IsKnown(kind))
        {
            throw new ModelFormatException(
                $"layer '{owner}': the recurrent layer '{kind}' is not supported; expected {Supported}.");
        }

        if (kind != "RNN")
        {
            return new KerasCell(kind, config, config);
        }

        const string Suffix = "Cell";
        JsonValue cell = config["cell"];
        string inner = cell.IsObject ? cell["class_name"].Text() : "a list of cells";
        return inner is "LSTMCell" or "GRUCell" or "SimpleRNNCell"
            ? new KerasCell(inner[..^Suffix.Length], cell["config"], config)
            : throw new ModelFormatException(
                $"layer '{owner}': the cell '{inner}' is not supported; expected LSTMCell, GRUCell or SimpleRNNCell.");
    }

    /// <summary>The specification.</summary>
    /// <param name="owner">The layer's name, for messages.</param>
    /// <param name="inputSize">Its input features.</param>
    /// <param name="direction">Which way it runs.</param>
    /// <param name="resetAfter">Of a GRU without a bias or another word for it: what to assume.</param>
    /// <param name="version">Who wrote the file.</param>
    /// <param name="notes">Where to say what was assumed.</param>
    public RecurrentSpecification Specify(
        string owner, int inputSize, Direction direction, bool resetAfter, KerasVersion version, LayerListBuilder notes)
    {
        Activation activation = ReadActivation("activation", "tanh", owner, version, notes);
        if (_kind == "SimpleRNN")
        {
            return new SimpleRnnSpecification
            {
                InputSize = inputSize,
                HiddenSize = Units,
                Direction = direction,
                Activation = activation,
            };
        }

        Activation gate = ReadActivation("recurrent_activation", "sigmoid", owner, version, notes);
        return _kind == "LSTM"
            ? new LstmSpecification
            {
                InputSize = inputSize,
                HiddenSize = Units,
                Direction = direction,
                GateActivation = gate,
                CandidateActivation = activation,
                OutputActivation = activation,
            }
            : new GruSpecification
            {
                InputSize = inputSize,
                HiddenSize = Units,
                Direction = direction,
                GateActivation = gate,
                CandidateActivation = activation,
                ResetAfter = _cell.Find("reset_after")?.Flag() ?? resetAfter,
            };
    }

    private Activation ReadActivation(
        string field, string missing, string owner, KerasVersion version, LayerListBuilder notes) =>
        KerasActivationLayers.Read(_cell.Find(field), missing, owner, version, notes).RequireElementwise(owner, field);
}
