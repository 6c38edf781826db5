using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>The layers of a case: PyTorch's parameters, then what its variant changes.</summary>
internal static class GoldenLayers
{
    private const string Module = "p";

    public static IReadOnlyList<RecurrentLayer> Create(GoldenIndexEntry entry, SafetensorsFile file)
    {
        IReadOnlyList<RecurrentLayer> layers = entry.Kind switch
        {
            "rnn_tanh" => PyTorchModules.Rnn(file, Module),
            "rnn_relu" => PyTorchModules.Rnn(file, Module, Activation.Relu),
            "lstm" => PyTorchModules.Lstm(file, Module),
            "gru" => PyTorchModules.Gru(file, Module),
            _ => throw new UnusableInputException(
                $"kind: expected rnn_tanh, rnn_relu, lstm or gru, found '{entry.Kind}'."),
        };
        RequireIndexed(entry, layers);
        return entry.Variant is null ? layers : [.. layers.Select((layer, i) => Vary(layer, i, entry.Variant, file))];
    }

    private static void RequireIndexed(GoldenIndexEntry entry, IReadOnlyList<RecurrentLayer> layers)
    {
        RecurrentSpecification first = layers[0].Specification;
        Require("num_layers", entry.NumLayers, layers.Count);
        Require("input_size", entry.InputSize, first.InputSize);
        Require("hidden_size", entry.HiddenSize, first.HiddenSize);
        Require("proj_size", entry.ProjSize, (first as LstmSpecification)?.ProjectionSize ?? 0);
        Require("bidirectional", entry.Bidirectional, first.Direction == Direction.Bidirectional);
        Require("bias", entry.Bias, !layers[0].Forward!.InputBias.IsEmpty);
        foreach (RecurrentSpecification other in layers.Skip(1).Select(layer => layer.Specification))
        {
            Require("hidden_size", entry.HiddenSize, other.HiddenSize);
            Require("bidirectional", entry.Bidirectional, other.Direction == Direction.Bidirectional);
        }
    }

    private static void Require<T>(string field, T index, T parameters)
        where T : IEquatable<T>
    {
        if (!index.Equals(parameters))
        {
            throw new UnusableInputException($"{field}: the index says {index}, the parameters say {parameters}.");
        }
    }

    private static RecurrentLayer Vary(RecurrentLayer layer, int index, GoldenVariant variant, SafetensorsFile file)
    {
        RecurrentSpecification specification = Vary(layer.Specification, variant);
        List<CellWeights> weights = [AddPeepholes(layer.Forward!, file, $"peephole_l{index}")];
        if (layer.Reverse is not null)
        {
            weights.Add(AddPeepholes(layer.Reverse, file, $"peephole_l{index}_reverse"));
        }

        return new RecurrentLayer(specification, [.. weights]);
    }

    private static RecurrentSpecification Vary(RecurrentSpecification specification, GoldenVariant variant)
    {
        CellActivations forward = Activations(variant.Activations);
        RecurrentSpecification varied = specification switch
        {
            LstmSpecification lstm => lstm with
            {
                GateActivation = forward.Gate,
                CandidateActivation = forward.Candidate,
                OutputActivation = forward.Output,
                Coupling = variant.Coupling,
                OutputPeephole = variant.OutputPeephole,
            },
            GruSpecification gru => gru with
            {
                GateActivation = forward.Gate,
                CandidateActivation = forward.Candidate,
                ResetAfter = !variant.ResetBefore,
            },
            SimpleRnnSpecification rnn when variant.Activations is not null =>
                rnn with { Activation = forward.Candidate },
            _ => specification,
        };
        return varied with
        {
            Clip = variant.Clip,
            Direction = variant.Reverse ? Direction.Reverse : varied.Direction,
            ReverseActivations = variant.ReverseActivations is { } reverse ? Activations(reverse) : null,
        };
    }

    private static CellActivations Activations(GoldenActivations? named)
    {
        CellActivations activations = CellActivations.Default;
        return new CellActivations(
            named?.Gate?.ToActivation() ?? activations.Gate,
            named?.Candidate?.ToActivation() ?? activations.Candidate,
            named?.Output?.ToActivation() ?? activations.Output);
    }

    private static CellWeights AddPeepholes(CellWeights weights, SafetensorsFile file, string name) =>
        file.Tensors.TryGetValue($"{Module}.{name}", out SafetensorsTensor? peephole)
            ? new CellWeights(
                weights.InputWeights.Span,
                weights.RecurrentWeights.Span,
                weights.InputBias.Span,
                weights.RecurrentBias.Span,
                peephole.ToSingles(),
                weights.Projection.Span)
            : weights;
}
