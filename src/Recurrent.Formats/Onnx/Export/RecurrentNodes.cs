using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// A recurrent layer as a node of LSTM, GRU or RNN, with what brings its output into the order of a sequence.
/// </summary>
internal static class RecurrentNodes
{
    /// <summary>What the layer is, for names of nodes and for messages.</summary>
    public static string NameOf(RecurrentLayer layer) => Operator(layer.Specification).ToLowerInvariant();

    /// <summary>Adds the nodes of a layer.</summary>
    /// <param name="graph">Where to.</param>
    /// <param name="name">What the nodes are called.</param>
    /// <param name="layer">The layer.</param>
    /// <param name="reads">Its sequence, and the rows that it starts from, if it reads any.</param>
    /// <param name="everyStep">Whether the output of every step is wanted.</param>
    /// <param name="finalState">Whether the final hidden states are.</param>
    /// <param name="finalCell">Whether the final cell states are.</param>
    /// <returns>The output of every step, and the final states side by side; empty where that is not asked for.</returns>
    public static (string Steps, string State, string Cell) Write(
        GraphBuilder graph,
        string name,
        RecurrentLayer layer,
        string[] reads,
        bool everyStep,
        bool finalState,
        bool finalCell = false)
    {
        string input = reads[0];
        RecurrentSpecification specification = layer.Specification;
        Refuse(name, layer);
        var weights = new RecurrentTensors(graph, name, layer);
        string hidden = reads.Length > 1 ? Start($"{name}_initial_h", reads[1])
            : weights.HasInitialState ? weights.InitialState(input, StateKind.Hidden)
            : "";
        string cell = reads.Length > 2 ? Start($"{name}_initial_c", reads[2])
            : weights.HasInitialState && specification.HasCellState ? weights.InitialState(input, StateKind.Cell)
            : "";
        string[] inputs =
        [
            input,
            weights.InputWeights(),
            weights.RecurrentWeights(),
            weights.Biases(),
            "",
            hidden,
            cell,
            weights.Peepholes(),
        ];
        int count = Array.FindLastIndex(inputs, one => one.Length > 0) + 1;
        string steps = everyStep ? $"{name}_y" : "";
        string state = finalState ? $"{name}_h" : "";
        string cells = finalCell ? $"{name}_c" : "";
        graph.Node(
            name,
            Operator(specification),
            inputs.AsSpan(0, count),
            finalCell ? [steps, state, cells] : finalState ? [steps, state] : [steps],
            [.. Attributes(specification)]);
        if (finalState)
        {
            // Where both are there, their nodes have names of their own.
            string ofState = everyStep || finalCell ? $"{name}_state" : name;
            state = SideBySide(graph, ofState, state, specification, [1, 0, 2], [0, -1], directionAxis: 0);
        }

        if (finalCell)
        {
            cells = SideBySide(graph, $"{name}_cell", cells, specification, [1, 0, 2], [0, -1], directionAxis: 0);
        }

        if (everyStep)
        {
            steps = SideBySide(graph, name, steps, specification, [0, 2, 1, 3], [0, 0, -1], directionAxis: 1);
        }

        return (steps, state, cells);

        // A row of the states of all directions, as [directions, batch, size].
        string Start(string start, string row)
        {
            if (specification.DirectionCount == 1)
            {
                return graph.Node(start, "Unsqueeze", [row, graph.Constant($"{start}_axis", 0)]);
            }

            string parted = graph.Node($"{start}_parted", "Reshape", [row, graph.Constant($"{start}_shape", 0, 2, -1)]);
            return graph.Node(start, "Transpose", [parted], GraphBuilder.Attribute("perm", [1, 0, 2]));
        }
    }

    /// <summary>Takes the axis of directions out: the only one, or both side by side.</summary>
    private static string SideBySide(
        GraphBuilder graph,
        string name,
        string output,
        RecurrentSpecification specification,
        long[] order,
        long[] shape,
        int directionAxis)
    {
        if (specification.DirectionCount == 1)
        {
            return graph.Node(
                $"{name}_squeezed", "Squeeze", [output, graph.Constant($"{name}_direction_axis", directionAxis)]);
        }

        string transposed = graph.Node(
            $"{name}_transposed", "Transpose", [output], GraphBuilder.Attribute("perm", order));
        return graph.Node($"{name}_joined", "Reshape", [transposed, graph.Constant($"{name}_joined_shape", shape)]);
    }

    private static string Operator(RecurrentSpecification specification) => specification switch
    {
        LstmSpecification => "LSTM",
        GruSpecification => "GRU",
        _ => "RNN",
    };

    private static void Refuse(string name, RecurrentLayer layer)
    {
        if (Directions(layer.Specification).Any(direction =>
            ByRole(layer.Specification, layer.Specification.GetActivations(direction)).Any(one => one.Kind == ActivationKind.Clip)))
        {
            throw new NotSupportedException(
                $"ONNX export: {name} has the activation {nameof(ActivationKind.Clip)}, and ONNX's recurrent operators have no "
                + "such function.");
        }

        if (layer.Specification is not LstmSpecification lstm)
        {
            return;
        }

        string? reason = lstm switch
        {
            { ProjectionSize: > 0 } =>
                $"{nameof(lstm.ProjectionSize)} {lstm.ProjectionSize}, and ONNX's LSTM has no projection",
            { Coupling: GateCoupling.InputFromForget } =>
                $"{nameof(lstm.Coupling)} {lstm.Coupling}, and ONNX's LSTM knows only {GateCoupling.ForgetFromInput}",
            { OutputPeephole: OutputPeephole.PreviousCell } when HasPeepholes(layer) =>
                $"{nameof(lstm.OutputPeephole)} {lstm.OutputPeephole}, and ONNX's LSTM knows only "
                + $"{OutputPeephole.NewCell}",
            _ => null,
        };
        if (reason is not null)
        {
            throw new NotSupportedException($"ONNX export: {name} has the {reason}.");
        }
    }

    private static bool HasPeepholes(RecurrentLayer layer) =>
        layer.Forward is { Peephole.IsEmpty: false } || layer.Reverse is { Peephole.IsEmpty: false };

    private static IEnumerable<AttributeProto> Attributes(RecurrentSpecification specification)
    {
        yield return GraphBuilder.Attribute("hidden_size", specification.HiddenSize);
        yield return GraphBuilder.Attribute("direction", specification.Direction.ToString().ToLowerInvariant());
        foreach (AttributeProto attribute in ActivationAttributes(specification))
        {
            yield return attribute;
        }

        if (specification.Clip > 0)
        {
            yield return GraphBuilder.Attribute("clip", specification.Clip);
        }

        if (specification is GruSpecification gru)
        {
            yield return GraphBuilder.Attribute("linear_before_reset", gru.ResetAfter ? 1 : 0);
        }

        if (specification is LstmSpecification { Coupling: GateCoupling.ForgetFromInput })
        {
            yield return GraphBuilder.Attribute("input_forget", 1);
        }
    }

    private static IEnumerable<AttributeProto> ActivationAttributes(RecurrentSpecification specification)
    {
        Activation[] activations = [.. Directions(specification).SelectMany(direction =>
            ByRole(specification, specification.GetActivations(direction)))];
        Activation[] usual = [.. Directions(specification).SelectMany(_ =>
            ByRole(specification, CellActivations.Default))];
        if (activations.SequenceEqual(usual))
        {
            yield break;
        }

        yield return GraphBuilder.Attribute("activations", activations.Select(ActivationNodes.NameOf));
        float[] alphas = [.. ActivationNodes.Alphas(activations)];
        if (alphas.Length > 0)
        {
            yield return GraphBuilder.Attribute("activation_alpha", alphas);
        }

        float[] betas = [.. ActivationNodes.Betas(activations)];
        if (betas.Length > 0)
        {
            yield return GraphBuilder.Attribute("activation_beta", betas);
        }
    }

    private static Activation[] ByRole(RecurrentSpecification specification, CellActivations activations) =>
        specification switch
        {
            LstmSpecification => [activations.Gate, activations.Candidate, activations.Output],
            GruSpecification => [activations.Gate, activations.Candidate],
            _ => [activations.Candidate],
        };

    private static Direction[] Directions(RecurrentSpecification specification) =>
        specification.Direction == Direction.Bidirectional
            ? [Direction.Forward, Direction.Reverse]
            : [specification.Direction];
}
