namespace Recurrent.Layers;

/// <summary>
/// Finds the values of a graph: what each layer reads and what it puts out. A layer that does not fit is refused by its index.
/// </summary>
internal sealed class GraphWiring
{
    private readonly IReadOnlyList<LayerSpecification> _specifications;
    private readonly string _argument;
    private readonly bool _isList;
    private readonly int _finalStateLayer;
    private readonly int[][] _sources;
    private readonly ModelValue[] _values;

    private GraphWiring(
        IReadOnlyList<ModelInput> inputs,
        IReadOnlyList<LayerSpecification> specifications,
        IReadOnlyList<IReadOnlyList<int>> reads,
        int? finalStateLayer,
        string argument)
    {
        Inputs = inputs;
        Reads = reads;
        _specifications = specifications;
        _argument = argument;
        _isList = finalStateLayer is not null;
        _finalStateLayer = finalStateLayer ?? -1;
        _sources = new int[specifications.Count][];
        _values = new ModelValue[inputs.Count + specifications.Count];
        for (int i = 0; i < inputs.Count; i++)
        {
            bool isRow = inputs[i].Kind == ValueKind.Row;
            _values[i] = new ModelValue(i, inputs[i].Kind, inputs[i].Size, isRow ? TimeBase.Row : TimeBase.Model)
            {
                DependsOnSequence = !isRow,
            };
        }

        for (int layer = 0; layer < specifications.Count; layer++)
        {
            Connect(layer);
        }
    }

    public IReadOnlyList<ModelInput> Inputs { get; }

    public IReadOnlyList<IReadOnlyList<int>> Reads { get; }

    public IReadOnlyList<IReadOnlyList<int>> Sources => _sources;

    public IReadOnlyList<ModelValue> Values => _values;

    /// <summary>Layers that follow each other.</summary>
    /// <param name="specifications">The layers.</param>
    /// <param name="finalStateLayer">The layer whose final state stands for its steps; -1 for none.</param>
    /// <param name="argument">What the layers are called in messages.</param>
    public static GraphWiring OfList(
        IReadOnlyList<LayerSpecification> specifications, int finalStateLayer, string argument)
    {
        ValueKind kind = specifications[0] is EmbeddingSpecification ? ValueKind.Indices : ValueKind.Sequence;
        ModelInput input = new(LayerGraph.DefaultInput, kind, specifications[0].InputSize);
        int[][] reads = [.. Enumerable.Range(0, specifications.Count).Select(layer => new[] { layer })];
        return new GraphWiring([input], specifications, reads, finalStateLayer, argument);
    }

    /// <summary>Layers that say what they read.</summary>
    public static GraphWiring OfNodes(
        IReadOnlyList<ModelInput> inputs, IReadOnlyList<LayerNode> nodes, string argument)
    {
        int[][] reads =
        [
            .. nodes.Select((node, layer) => node.Inputs.Count > 0 ? [.. node.Inputs] : new[] { inputs.Count - 1 + layer }),
        ];
        return new GraphWiring(inputs, [.. nodes.Select(node => node.Layer.Specification)], reads, null, argument);
    }

    /// <summary>Refuses states of its own of a layer that reads those that it starts from.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="reads">Of each the numbers of the values that it reads.</param>
    /// <param name="argument">What the layers are called in messages.</param>
    public static void RequireNoInitialStates(
        IReadOnlyList<Layer> layers, IReadOnlyList<IReadOnlyList<int>> reads, string argument)
    {
        for (int i = 0; i < layers.Count; i++)
        {
            if (layers[i] is not RecurrentLayer recurrent)
            {
                continue;
            }

            foreach (CellWeights? weights in new[] { recurrent.Forward, recurrent.Reverse })
            {
                string? found = reads[i].Count > 1 && weights is { InitialHidden.IsEmpty: false } ? "InitialHidden"
                    : reads[i].Count > 2 && weights is { InitialCell.IsEmpty: false } ? "InitialCell"
                    : null;
                if (found is not null)
                {
                    throw new ArgumentException(
                        $"{argument}[{i}]: expected no {found}, because the layer reads these states, found an array.", argument);
                }
            }
        }
    }

    private void Connect(int layer)
    {
        LayerSpecification specification = _specifications[layer];
        RequireNumbers(layer);
        ModelValue[] read = [.. Reads[layer].Select(value => _values[value])];
        RequireKinds(layer, read);
        _sources[layer] = [.. Reads[layer]];
        if (specification is ResidualSpecification residual)
        {
            _sources[layer] = [.. Reads[layer], SourceOf(layer, residual, read[0])];
        }

        RequireSizes(layer, read);
        TimeBase time = layer == _finalStateLayer ? TimeBase.Row : specification.Gives(read[0].Time);
        RequireSteps(layer, read[0].Time, time);
        int number = Inputs.Count + layer;
        bool isRow = time == TimeBase.Row;
        _values[number] = new ModelValue(
            number, isRow ? ValueKind.Row : ValueKind.Sequence, specification.OutputSize, time)
        {
            DependsOnSequence = !isRow || read.Any(value => value.DependsOnSequence),
        };
    }

    private void RequireNumbers(int layer)
    {
        LayerSpecification specification = _specifications[layer];
        IReadOnlyList<int> reads = Reads[layer];
        if (reads.Count < specification.LeastInputs || reads.Count > specification.MostInputs)
        {
            string expected = specification.LeastInputs == specification.MostInputs
                ? $"{specification.LeastInputs}"
                : $"{specification.LeastInputs} to {specification.MostInputs}";
            throw Refusal(layer, $"expected {expected} values to read, found {reads.Count}");
        }

        foreach (int value in reads)
        {
            int before = Inputs.Count + layer;
            if (value < 0 || value >= before)
            {
                throw Refusal(
                    layer, $"expected to read values from 0 to {before - 1}, those before its own, found {value}");
            }
        }
    }

    private void RequireKinds(int layer, ModelValue[] read)
    {
        LayerSpecification specification = _specifications[layer];
        for (int place = 0; place < read.Length; place++)
        {
            ModelValue value = read[place];
            if (specification.ReadsState(place))
            {
                if (value.Kind != ValueKind.Row)
                {
                    throw Refusal(
                        layer, $"expected a row to start from, found {Describe(value.Kind)}, {NameOf(value.Number)}");
                }

                continue;
            }

            if (_isList && layer > 0 && specification is EmbeddingSpecification)
            {
                throw Refusal(
                    layer,
                    "expected a layer that takes features, because only the first one can be an embedding; found an "
                    + "EmbeddingLayer");
            }

            if (!specification.CanRead(value.Kind))
            {
                string expected = string.Join(
                    " or ", Enum.GetValues<ValueKind>().Where(specification.CanRead).Select(Describe));
                throw Refusal(layer, $"expected {expected} to read, found {Describe(value.Kind)}, {NameOf(value.Number)}");
            }

            if (value.Time != read[0].Time)
            {
                throw Refusal(
                    layer,
                    $"expected values with the same steps, found {read[0].Time} of {NameOf(read[0].Number)} and {value.Time} "
                    + $"of {NameOf(value.Number)}");
            }
        }

        if (specification is FinalStateSpecification && RecurrentLayerOf(read[0].Number) is null)
        {
            throw Refusal(
                layer, $"expected to read what a recurrent layer puts out, found {NameOf(read[0].Number)}");
        }

        if (specification is FinalCellStateSpecification { CellSize: var cells })
        {
            if (RecurrentLayerOf(read[0].Number) is not LstmSpecification lstm)
            {
                throw Refusal(layer, $"expected to read the output of an LSTM, found {NameOf(read[0].Number)}");
            }

            if (cells != lstm.DirectionCount * lstm.HiddenSize)
            {
                throw Refusal(
                    layer,
                    $"expected CellSize {lstm.DirectionCount * lstm.HiddenSize}, the cell states of "
                    + $"{NameOf(read[0].Number)}, found {cells}");
            }
        }
    }

    /// <summary>Refuses a layer that no number of steps of the model gives as many steps as it needs.</summary>
    private void RequireSteps(int layer, TimeBase read, TimeBase given)
    {
        if (given.Steps(int.MaxValue) == 0)
        {
            throw Refusal(layer, $"expected to read as many steps as a window takes, found {read}");
        }

        if (_specifications[layer] is FlattenSpecification { Steps: var steps }
            && (read.Steps(1) > steps || read.Steps(int.MaxValue) < steps))
        {
            throw Refusal(layer, $"expected to read {steps} steps, as many as it takes, found {read}");
        }
    }

    private void RequireSizes(int layer, ModelValue[] read)
    {
        LayerSpecification specification = _specifications[layer];
        if (specification.ReadsSideBySide)
        {
            long sum = read.Sum(value => (long)value.Size);
            if (sum != specification.InputSize)
            {
                throw Refusal(
                    layer,
                    $"expected InputSize {sum}, the sizes of the values that it reads, found {specification.InputSize}");
            }

            return;
        }

        for (int place = 0; place < read.Length; place++)
        {
            ModelValue value = read[place];
            if (!specification.TakesSize(place, value.Size))
            {
                if (specification is SoftmaxOverTimeSpecification && place == 1)
                {
                    throw Refusal(
                        layer,
                        $"expected scores of 1 or {specification.InputSize} features, found {value.Size} of "
                        + $"{NameOf(value.Number)}");
                }

                if (specification is RecurrentSpecification recurrent && place > 0)
                {
                    throw Refusal(
                        layer,
                        place == 1
                            ? $"expected {recurrent.OutputSize} hidden states to start from, found {value.Size} of "
                                + $"{NameOf(value.Number)}"
                            : $"expected {recurrent.DirectionCount * recurrent.HiddenSize} cell states to start from, found "
                                + $"{value.Size} of {NameOf(value.Number)}");
                }

                string whose = _isList ? "the OutputSize of the layer before" : $"that of {NameOf(value.Number)}";
                throw Refusal(
                    layer, $"expected InputSize {value.Size}, {whose}, found {specification.InputSize}");
            }
        }
    }

    /// <summary>The value that a residual connection adds: what the layer that it starts from reads.</summary>
    private int SourceOf(int layer, ResidualSpecification residual, ModelValue read)
    {
        if (residual.Span > layer)
        {
            throw Refusal(
                layer, $"expected a residual Span of at most {layer}, the layers before, found {residual.Span}");
        }

        int start = layer - residual.Span;
        ModelValue source = _values[Reads[start][0]];
        string? found = Reads[start].Count > 1 ? $"{Reads[start].Count} values"
            : source.Kind == ValueKind.Indices ? "an index"
            : source.Time != read.Time ? $"{source.Time}, and {read.Time} to add to"
            : source.Size < residual.InputSize ? $"{source.Size}"
            : null;
        if (found is not null)
        {
            throw Refusal(
                layer,
                $"expected a residual connection from at least {residual.InputSize} features, found {found}, the input of "
                + $"layer {start}");
        }

        return source.Number;
    }

    private RecurrentSpecification? RecurrentLayerOf(int value) =>
        value < Inputs.Count ? null : _specifications[value - Inputs.Count] as RecurrentSpecification;

    private string NameOf(int value) => value < Inputs.Count
        ? $"input {value}"
        : $"the value of layer {value - Inputs.Count}";

    private static string Describe(ValueKind kind) => kind switch
    {
        ValueKind.Sequence => "a sequence",
        ValueKind.Row => "a row",
        _ => "indices",
    };

    private ArgumentException Refusal(int layer, string text) => new($"{_argument}[{layer}]: {text}.", _argument);
}
