using System.Diagnostics;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <summary>
/// Fingerprints of a model as the native library is given it. What does not change what is computed is left out or brought
/// to one form; docs/serving.md has the bytes.
/// </summary>
internal static unsafe class FingerprintWriter
{
    // Of the bytes that are hashed.
    private const int Version = 1;

    // Of the rule by which floats become weights of a format: docs/numerics.md section 5.
    private const int RoundingVersion = 1;

    // In the place of a layer's kind, of an output that is repeated at missing steps.
    private const int RepeatedOutput = -1;

    private const int ForwardWeights = 1;
    private const int ReverseWeights = 2;

    private const int InputGate = 0;
    private const int ForgetGate = 1;

    /// <summary>The fingerprints of layers; their weights stay where they are until this returns.</summary>
    public static StateFingerprints Of(LayerGraph graph, ReadOnlySpan<NativeLayerDesc> layers) =>
        new(Layout(graph, layers), Model(graph, layers), Formats(layers));

    private static ulong Layout(LayerGraph graph, ReadOnlySpan<NativeLayerDesc> layers)
    {
        FingerprintHash hash = Begin("LAYT"u8);
        foreach (ref readonly NativeLayerDesc layer in layers)
        {
            if (layer.Forward is not null && HistorySteps(layer) is > 0 and int steps)
            {
                AppendState(hash, layer.Kind, Direction.Forward, StateKind.History, steps, layer.InputSize);
            }

            if (!IsRecurrent(layer))
            {
                continue;
            }

            foreach (Direction direction in new[] { Direction.Forward, Direction.Reverse })
            {
                if ((direction == Direction.Forward ? layer.Forward : layer.Reverse) is null)
                {
                    continue;
                }

                AppendState(hash, layer.Kind, direction, StateKind.Hidden, 1, StateSize(layer));
                if (IsLstm(layer))
                {
                    AppendState(hash, layer.Kind, direction, StateKind.Cell, 1, layer.HiddenSize);
                }
            }
        }

        if (graph.RepeatsOutput)
        {
            foreach (OutputValue output in graph.Outputs)
            {
                AppendState(hash, RepeatedOutput, Direction.Forward, StateKind.Hidden, 1, output.Size);
            }
        }

        return hash.Finish();
    }

    private static void AppendState(
        FingerprintHash hash, int layerKind, Direction direction, StateKind kind, int steps, int features)
    {
        hash.Append(layerKind);
        hash.Append((int)direction);
        hash.Append((int)kind);
        hash.Append(steps);
        hash.Append(features);
    }

    private static ulong Formats(ReadOnlySpan<NativeLayerDesc> layers)
    {
        FingerprintHash hash = Begin("WFMT"u8);
        foreach (ref readonly NativeLayerDesc layer in layers)
        {
            // Others have no weights that could take a format.
            if (!IsRecurrent(layer) && (NativeLayerKind)layer.Kind is not (NativeLayerKind.Dense or NativeLayerKind.Convolution))
            {
                continue;
            }

            hash.Append(layer.InputWeightFormat);
            hash.Append(VersionOf(layer.InputWeightFormat));
            hash.Append(layer.RecurrentWeightFormat);
            hash.Append(VersionOf(layer.RecurrentWeightFormat));
        }

        return hash.Finish();
    }

    // Floats are not rounded.
    private static int VersionOf(int format) => format == (int)WeightFormat.Float32 ? 0 : RoundingVersion;

    private static ulong Model(LayerGraph graph, ReadOnlySpan<NativeLayerDesc> layers)
    {
        FingerprintHash hash = Begin("MODL"u8);
        hash.Append(graph.Inputs.Count);
        foreach (ModelInput input in graph.Inputs)
        {
            hash.Append((int)input.Kind);
            hash.Append(input.Size);
        }

        hash.Append(graph.Outputs.Count);
        foreach (OutputValue output in graph.Outputs)
        {
            hash.Append(output.Value);
        }

        hash.Append((int)ModelDescription.MaskingOf(graph.Masking));
        AppendMaskValue(hash, graph.Masking?.Value ?? 0);
        hash.Append(layers.Length);
        for (int i = 0; i < layers.Length; i++)
        {
            AppendStructure(hash, layers[i]);
            hash.Append(graph.Sources[i].Count);
            foreach (int source in graph.Sources[i])
            {
                hash.Append(source);
            }

            hash.Append((layers[i].Forward is null ? 0 : ForwardWeights) | (layers[i].Reverse is null ? 0 : ReverseWeights));
            AppendDirection(hash, layers[i], layers[i].Forward);
            AppendDirection(hash, layers[i], layers[i].Reverse);
        }

        return hash.Finish();
    }

    // Not the residual span: which values a layer computes with says it, in a list of layers as in a graph.
    private static void AppendStructure(FingerprintHash hash, in NativeLayerDesc layer)
    {
        hash.Append(layer.Kind);
        hash.Append(layer.Direction);
        hash.Append(layer.InputSize);
        hash.Append(layer.HiddenSize);
        hash.Append(layer.ProjectionSize);
        hash.Append(layer.GateCoupling);
        hash.Append(layer.OutputPeephole);
        hash.Append(layer.Clip);
        hash.Append(layer.First);
        hash.Append(layer.Steps);
        hash.Append(layer.KernelSize);
        hash.Append(layer.Stride);
        hash.Append(layer.Dilation);
        hash.Append(layer.Groups);
        hash.Append(layer.PadBefore);
        hash.Append(layer.PadAfter);
        hash.Append(layer.CountsPadding);
        hash.Append(layer.Epsilon);
    }

    private static void AppendDirection(FingerprintHash hash, in NativeLayerDesc layer, NativeDirectionDesc* direction)
    {
        if (direction is null)
        {
            return;
        }

        AppendActivations(hash, layer, *direction);
        switch ((NativeLayerKind)layer.Kind)
        {
            case NativeLayerKind.SimpleRnn:
                AppendCell(hash, layer, *direction, gates: 1);
                break;
            case NativeLayerKind.Lstm:
                AppendCell(hash, layer, *direction, gates: 4);
                break;
            case NativeLayerKind.Gru:
            case NativeLayerKind.GruResetBefore:
                AppendCell(hash, layer, *direction, gates: 3);
                break;
            case NativeLayerKind.Dense:
                AppendMatrix(hash, direction->InputWeights, layer.HiddenSize, layer.InputSize);
                AppendVector(hash, direction->InputBias, layer.HiddenSize);
                break;
            case NativeLayerKind.Convolution:
                AppendMatrix(
                    hash, direction->InputWeights, layer.HiddenSize, (long)layer.KernelSize * (layer.InputSize / layer.Groups));
                AppendVector(hash, direction->InputBias, layer.HiddenSize);
                AppendVector(hash, direction->InitialHidden, HistorySteps(layer) * layer.InputSize);
                break;
            case NativeLayerKind.Scale:
                AppendVector(hash, direction->InputWeights, layer.HiddenSize);
                AppendVector(hash, direction->InputBias, layer.HiddenSize);
                break;
            case NativeLayerKind.LayerNormalization:
                AppendVector(hash, direction->InputWeights, layer.HiddenSize, without: 1);
                AppendVector(hash, direction->InputBias, layer.HiddenSize);
                break;
            case NativeLayerKind.Embedding:
                AppendMatrix(hash, direction->InputWeights, layer.InputSize, layer.HiddenSize);
                break;
            case NativeLayerKind.Activation:
                break;
            default:
                throw new UnreachableException($"Layers of the kind {layer.Kind} have no weights.");
        }
    }

    // Roles that a layer does not have, and parameters that a function does not have, are 0.
    private static void AppendActivations(FingerprintHash hash, in NativeLayerDesc layer, in NativeDirectionDesc direction)
    {
        bool hasGates = IsLstm(layer) || IsGru(layer);
        AppendActivation(hash, hasGates, direction.GateActivation, direction.GateAlpha, direction.GateBeta);
        AppendActivation(
            hash, isUsed: true, direction.CandidateActivation, direction.CandidateAlpha, direction.CandidateBeta);
        AppendActivation(hash, IsLstm(layer), direction.OutputActivation, direction.OutputAlpha, direction.OutputBeta);
    }

    private static void AppendActivation(FingerprintHash hash, bool isUsed, int kind, float alpha, float beta)
    {
        (bool hasAlpha, bool hasBeta) = (ActivationKind)kind switch
        {
            ActivationKind.HardSigmoid or ActivationKind.Affine or ActivationKind.ScaledTanh or ActivationKind.Clip =>
                (true, true),
            ActivationKind.LeakyRelu or ActivationKind.ThresholdedRelu or ActivationKind.Elu => (true, false),
            _ => (false, false),
        };
        hash.Append(isUsed ? kind : 0);
        hash.Append(isUsed && hasAlpha ? alpha : 0);
        hash.Append(isUsed && hasBeta ? beta : 0);
    }

    private static void AppendCell(FingerprintHash hash, in NativeLayerDesc layer, in NativeDirectionDesc weights, int gates)
    {
        hash.Append(weights.Peephole is null ? 0 : 1);
        for (int gate = 0; gate < gates; gate++)
        {
            // The weights of a gate that follows from another one are not used.
            if (gate != CoupledGate(layer))
            {
                AppendGate(hash, layer, weights, gate);
            }
        }

        // r multiplies the second bias of the candidate, so it is not in the sum.
        if (layer.Kind == (int)NativeLayerKind.Gru)
        {
            AppendVector(hash, GateOf(weights.RecurrentBias, layer, 2), layer.HiddenSize);
        }

        if (layer.ProjectionSize > 0)
        {
            AppendMatrix(hash, weights.Projection, layer.ProjectionSize, layer.HiddenSize);
        }

        AppendVector(hash, weights.InitialHidden, StateSize(layer));
        if (IsLstm(layer))
        {
            AppendVector(hash, weights.InitialCell, layer.HiddenSize);
        }
    }

    private static void AppendGate(FingerprintHash hash, in NativeLayerDesc layer, in NativeDirectionDesc weights, int gate)
    {
        int units = layer.HiddenSize;
        AppendMatrix(hash, weights.InputWeights + ((long)gate * units * layer.InputSize), units, layer.InputSize);
        AppendMatrix(hash, weights.RecurrentWeights + ((long)gate * units * StateSize(layer)), units, StateSize(layer));
        bool keepsBiasesApart = layer.Kind == (int)NativeLayerKind.Gru && gate == 2;
        AppendSum(
            hash,
            GateOf(weights.InputBias, layer, gate),
            keepsBiasesApart ? null : GateOf(weights.RecurrentBias, layer, gate),
            units);

        // In the order i f o.
        if (weights.Peephole is not null && gate != 2)
        {
            AppendVector(hash, weights.Peephole + ((long)Math.Min(gate, 2) * units), units);
        }
    }

    private static float* GateOf(float* bias, in NativeLayerDesc layer, int gate) =>
        bias is null ? null : bias + ((long)gate * layer.HiddenSize);

    private static int CoupledGate(in NativeLayerDesc layer) => (GateCoupling)layer.GateCoupling switch
    {
        GateCoupling.ForgetFromInput => ForgetGate,
        GateCoupling.InputFromForget => InputGate,
        _ => -1,
    };

    private static void AppendMatrix(FingerprintHash hash, float* values, long rows, long columns)
    {
        // An array has them, or several matrices one after the other.
        hash.AppendFlushed(new ReadOnlySpan<float>(values, checked((int)(rows * columns))));
    }

    private static void AppendVector(FingerprintHash hash, float* values, int count, float without = 0)
    {
        if (values is not null)
        {
            hash.AppendFlushed(new ReadOnlySpan<float>(values, count));
            return;
        }

        for (int i = 0; i < count; i++)
        {
            hash.Append(without);
        }
    }

    private static void AppendSum(FingerprintHash hash, float* first, float* second, int count)
    {
        if (first is null || second is null)
        {
            AppendVector(hash, first is null ? second : first, count);
            return;
        }

        for (int i = 0; i < count; i++)
        {
            AppendFlushed(hash, first[i] + second[i]);
        }
    }

    private static void AppendFlushed(FingerprintHash hash, float value) => hash.AppendFlushed([value]);

    // It is compared, so it keeps what arithmetic flushes; NaN stands for any.
    private static void AppendMaskValue(FingerprintHash hash, float value)
    {
        if (float.IsNaN(value))
        {
            AppendFlushed(hash, value);
        }
        else
        {
            hash.Append(value);
        }
    }

    private static bool IsLstm(in NativeLayerDesc layer) => layer.Kind == (int)NativeLayerKind.Lstm;

    private static bool IsGru(in NativeLayerDesc layer) =>
        layer.Kind is (int)NativeLayerKind.Gru or (int)NativeLayerKind.GruResetBefore;

    private static bool IsRecurrent(in NativeLayerDesc layer) =>
        layer.Kind == (int)NativeLayerKind.SimpleRnn || IsLstm(layer) || IsGru(layer);

    private static int StateSize(in NativeLayerDesc layer) =>
        layer.ProjectionSize == 0 ? layer.HiddenSize : layer.ProjectionSize;

    /// <summary>Steps that a causal convolution remembers; 0 of every other layer.</summary>
    private static int HistorySteps(in NativeLayerDesc layer)
    {
        int reach = (layer.KernelSize - 1) * layer.Dilation;
        bool isCausal = layer.Kind == (int)NativeLayerKind.Convolution
            && layer.Stride == 1 && layer.PadBefore == reach && layer.PadAfter == 0;
        return isCausal ? reach : 0;
    }

    private static FingerprintHash Begin(ReadOnlySpan<byte> name)
    {
        FingerprintHash hash = new();
        hash.Append(name);
        hash.Append(Version);
        return hash;
    }
}
