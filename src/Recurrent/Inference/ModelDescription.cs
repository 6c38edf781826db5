using System.Buffers;
using System.Runtime.CompilerServices;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <summary>
/// Layers, and what they read, as the native library takes them. Weights are pinned, not copied, until it is disposed.
/// </summary>
internal sealed unsafe class ModelDescription : IDisposable
{
    private readonly List<MemoryHandle> _pins = [];
    private readonly NativeLayerDesc[] _layers;
    private readonly NativeDirectionDesc[] _directions;
    private readonly ValueDescription? _values;
    private readonly LayerGraph _graph;
    private readonly ModelOptions _options;
    private int _directionCount;

    public ModelDescription(LayerGraph graph, ModelOptions options)
    {
        LayerFormats[] formats = LayerFormats.Of(graph, options.Weights, options.Layers, "options.Layers");
        IReadOnlyList<Layer> layers = graph.Layers;
        _graph = graph;
        _layers = GC.AllocateArray<NativeLayerDesc>(layers.Count, pinned: true);
        _directions = GC.AllocateArray<NativeDirectionDesc>(2 * layers.Count, pinned: true);
        _options = options;
        for (int i = 0; i < layers.Count; i++)
        {
            _layers[i] = layers[i] switch
            {
                RecurrentLayer recurrent => Describe(recurrent),
                DenseLayer dense => Describe(dense),
                ActivationLayer activation => Describe(activation),
                SoftmaxLayer => DescribeStateless(layers[i], NativeLayerKind.Softmax),
                ScaleLayer scale => Describe(scale),
                EmbeddingLayer embedding => Describe(embedding),
                ResidualLayer residual => Describe(residual),
                ConcatenationLayer => DescribeStateless(layers[i], NativeLayerKind.Concatenation),
                SumLayer => DescribeStateless(layers[i], NativeLayerKind.Sum),
                ProductLayer => DescribeStateless(layers[i], NativeLayerKind.Product),
                SliceLayer slice => DescribeStateless(slice, NativeLayerKind.Slice) with
                {
                    First = slice.Specification.First,
                },
                LastStepLayer => DescribeStateless(layers[i], NativeLayerKind.LastStep),
                FinalStateLayer => DescribeStateless(layers[i], NativeLayerKind.FinalState),
                FinalCellStateLayer => DescribeStateless(layers[i], NativeLayerKind.FinalCellState),
                RepeatLayer repeat => DescribeStateless(repeat, NativeLayerKind.Repeat) with
                {
                    Steps = repeat.Specification.Steps,
                },
                ReverseLayer => DescribeStateless(layers[i], NativeLayerKind.Reverse),
                LastStepsLayer last => DescribeStateless(last, NativeLayerKind.LastSteps) with
                {
                    Steps = last.Specification.Steps,
                },
                ConvolutionLayer convolution => Describe(convolution),
                MaxPoolingLayer pooling => DescribeWindows(pooling, pooling.Specification, NativeLayerKind.MaxPooling),
                AveragePoolingLayer pooling =>
                    DescribeWindows(pooling, pooling.Specification, NativeLayerKind.AveragePooling) with
                    {
                        CountsPadding = pooling.Specification.CountsPadding ? 1 : 0,
                    },
                LayerNormalizationLayer normalization => Describe(normalization),
                LogSoftmaxLayer => DescribeStateless(layers[i], NativeLayerKind.LogSoftmax),
                MeanOverTimeLayer => DescribeStateless(layers[i], NativeLayerKind.MeanOverTime),
                MaxOverTimeLayer => DescribeStateless(layers[i], NativeLayerKind.MaxOverTime),
                SoftmaxOverTimeLayer => DescribeStateless(layers[i], NativeLayerKind.SoftmaxOverTime),
                FlattenLayer flatten => DescribeStateless(flatten, NativeLayerKind.Flatten) with
                {
                    Steps = flatten.Specification.Steps,
                },
                UnflattenLayer unflatten => DescribeStateless(unflatten, NativeLayerKind.Unflatten) with
                {
                    Steps = unflatten.Specification.Steps,
                },
                _ => throw new InvalidOperationException($"The layer {layers[i].GetType()} has no native kind."),
            };
            _layers[i].InputWeightFormat = (int)formats[i].Input;
            _layers[i].RecurrentWeightFormat = (int)formats[i].Recurrent;
        }

        // Layers that follow each other need not say so.
        if (!graph.IsList)
        {
            _values = new ValueDescription(graph);
            for (int i = 0; i < layers.Count; i++)
            {
                (nint values, _layers[i].InputCount) = _values.ReadBy(i);
                _layers[i].Inputs = (int*)values;
            }
        }
    }

    /// <summary>What states of the model belong to. Reads all weights once.</summary>
    public StateFingerprints Fingerprints()
    {
        StateFingerprints fingerprints = FingerprintWriter.Of(_graph, _layers);
        GC.KeepAlive(this);
        return fingerprints;
    }

    /// <summary>Packs the weights.</summary>
    public ModelHandle Create()
    {
        NativeModelDesc description = Describe();
        ModelHandle handle = ModelHandle.Create(&description);
        GC.KeepAlive(this);
        return handle;
    }

    /// <summary>Makes a trainer with the weights as parameters.</summary>
    public TrainerHandle CreateTrainer(NativeTrainerDesc* trainer)
    {
        NativeModelDesc description = Describe();
        TrainerHandle handle = TrainerHandle.Create(&description, trainer);
        GC.KeepAlive(this);
        return handle;
    }

    public void Dispose()
    {
        foreach (MemoryHandle pin in _pins)
        {
            pin.Dispose();
        }

        _pins.Clear();
    }

    private NativeModelDesc Describe() => new()
    {
        Inputs = _values is null ? null : _values.Inputs,
        InputCount = _values is null ? 0 : _graph.Inputs.Count,
        Outputs = _values is null ? null : _values.Outputs,
        OutputCount = _values is null ? 0 : _graph.Outputs.Count,
        LayerCount = _layers.Length,
        // The array is pinned; whoever passes the address on keeps this object alive.
        Layers = (NativeLayerDesc*)Unsafe.AsPointer(ref _layers[0]),
        Isa = (int)_options.InstructionSet,
        GemmProvider = (int)_options.GemmProvider,
        Output = (int)_graph.Output,
        Masking = (int)MaskingOf(_graph.Masking),
        MaskValue = _graph.Masking?.Value ?? 0,
    };

    private NativeLayerDesc Describe(RecurrentLayer layer)
    {
        RecurrentSpecification specification = layer.Specification;
        NativeLayerDesc description = new()
        {
            Kind = (int)KindOf(specification),
            Direction = (int)specification.Direction,
            InputSize = specification.InputSize,
            HiddenSize = specification.HiddenSize,
            Clip = specification.Clip,
            Forward = Describe(specification, Direction.Forward, layer.Forward),
            Reverse = Describe(specification, Direction.Reverse, layer.Reverse),
        };
        if (specification is LstmSpecification lstm)
        {
            description.ProjectionSize = lstm.ProjectionSize;
            description.GateCoupling = (int)lstm.Coupling;
            // Only a layer with peepholes has a choice of what they see.
            description.OutputPeephole = HasPeephole(layer) ? (int)lstm.OutputPeephole : 0;
        }

        return description;
    }

    private NativeLayerDesc Describe(DenseLayer layer)
    {
        Activation activation = layer.Specification.Activation;
        return DescribeStateless(layer, NativeLayerKind.Dense) with
        {
            Forward = Add(new NativeDirectionDesc
            {
                CandidateActivation = (int)activation.Kind,
                CandidateAlpha = activation.Alpha,
                CandidateBeta = activation.Beta,
                InputWeights = Pin(layer.Weights.Kernel),
                InputBias = Pin(layer.Weights.Bias),
            }),
        };
    }

    private NativeLayerDesc Describe(ActivationLayer layer)
    {
        Activation activation = layer.Specification.Activation;
        return DescribeStateless(layer, NativeLayerKind.Activation) with
        {
            Forward = Add(new NativeDirectionDesc
            {
                CandidateActivation = (int)activation.Kind,
                CandidateAlpha = activation.Alpha,
                CandidateBeta = activation.Beta,
            }),
        };
    }

    private NativeLayerDesc Describe(ScaleLayer layer) =>
        DescribeStateless(layer, NativeLayerKind.Scale) with
        {
            Forward = Add(new NativeDirectionDesc
            {
                InputWeights = Pin(layer.Factors),
                InputBias = Pin(layer.Offsets),
            }),
        };

    private NativeLayerDesc Describe(ConvolutionLayer layer)
    {
        Activation activation = layer.Specification.Activation;
        return DescribeWindows(layer, layer.Specification, NativeLayerKind.Convolution) with
        {
            Groups = layer.Specification.Groups,
            Forward = Add(new NativeDirectionDesc
            {
                CandidateActivation = (int)activation.Kind,
                CandidateAlpha = activation.Alpha,
                CandidateBeta = activation.Beta,
                InputWeights = Pin(layer.Weights.Kernel),
                InputBias = Pin(layer.Weights.Bias),
                InitialHidden = Pin(layer.Weights.InitialHistory),
            }),
        };
    }

    private static NativeLayerDesc DescribeWindows(
        Layer layer, WindowSpecification specification, NativeLayerKind kind) => DescribeStateless(layer, kind) with
        {
            KernelSize = specification.KernelSize,
            Stride = specification.Stride,
            Dilation = specification.Dilation,
            PadBefore = specification.PaddingBefore,
            PadAfter = specification.PaddingAfter,
        };

    private NativeLayerDesc Describe(LayerNormalizationLayer layer) =>
        DescribeStateless(layer, NativeLayerKind.LayerNormalization) with
        {
            Epsilon = layer.Specification.Epsilon,
            Forward = Add(new NativeDirectionDesc
            {
                InputWeights = Pin(layer.Factors),
                InputBias = Pin(layer.Offsets),
            }),
        };

    private NativeLayerDesc Describe(EmbeddingLayer layer) =>
        DescribeStateless(layer, NativeLayerKind.Embedding) with
        {
            Forward = Add(new NativeDirectionDesc { InputWeights = Pin(layer.Table) }),
        };

    private static NativeLayerDesc Describe(ResidualLayer layer) =>
        DescribeStateless(layer, NativeLayerKind.Residual) with { ResidualSpan = layer.Specification.Span };

    private static NativeLayerDesc DescribeStateless(Layer layer, NativeLayerKind kind) => new()
    {
        Kind = (int)kind,
        InputSize = layer.Specification.InputSize,
        HiddenSize = layer.Specification.OutputSize,
    };

    private NativeDirectionDesc* Describe(
        RecurrentSpecification specification, Direction direction, CellWeights? weights)
    {
        if (weights is null)
        {
            return null;
        }

        CellActivations activations = specification.GetActivations(direction);
        return Add(new NativeDirectionDesc
        {
            GateActivation = (int)activations.Gate.Kind,
            GateAlpha = activations.Gate.Alpha,
            GateBeta = activations.Gate.Beta,
            CandidateActivation = (int)activations.Candidate.Kind,
            CandidateAlpha = activations.Candidate.Alpha,
            CandidateBeta = activations.Candidate.Beta,
            OutputActivation = (int)activations.Output.Kind,
            OutputAlpha = activations.Output.Alpha,
            OutputBeta = activations.Output.Beta,
            InputWeights = Pin(weights.InputWeights),
            RecurrentWeights = Pin(weights.RecurrentWeights),
            InputBias = Pin(weights.InputBias),
            RecurrentBias = Pin(weights.RecurrentBias),
            Peephole = Pin(weights.Peephole),
            Projection = Pin(weights.Projection),
            InitialHidden = Pin(weights.InitialHidden),
            InitialCell = Pin(weights.InitialCell),
        });
    }

    private static NativeLayerKind KindOf(RecurrentSpecification specification) => specification switch
    {
        SimpleRnnSpecification => NativeLayerKind.SimpleRnn,
        LstmSpecification => NativeLayerKind.Lstm,
        GruSpecification { ResetAfter: true } => NativeLayerKind.Gru,
        GruSpecification => NativeLayerKind.GruResetBefore,
        _ => throw new InvalidOperationException($"The cell {specification.GetType()} has no native kind."),
    };

    internal static NativeMasking MaskingOf(Masking? masking) => masking switch
    {
        null => NativeMasking.None,
        { Output: MissingOutput.Repeat } => NativeMasking.Repeat,
        _ => NativeMasking.Zero,
    };

    private static bool HasPeephole(RecurrentLayer layer) =>
        layer.Forward is { Peephole.IsEmpty: false } || layer.Reverse is { Peephole.IsEmpty: false };

    private NativeDirectionDesc* Add(NativeDirectionDesc description)
    {
        ref NativeDirectionDesc place = ref _directions[_directionCount++];
        place = description;
        return (NativeDirectionDesc*)Unsafe.AsPointer(ref place);
    }

    /// <summary>Address of a tensor; null if it is absent.</summary>
    private float* Pin(ReadOnlyMemory<float> tensor)
    {
        if (tensor.IsEmpty)
        {
            return null;
        }

        MemoryHandle pin = tensor.Pin();
        _pins.Add(pin);
        return (float*)pin.Pointer;
    }
}
