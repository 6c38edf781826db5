using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>Layers of a kind that follow each other as one <c>nn.LSTM</c>, <c>nn.GRU</c> or <c>nn.RNN</c>.</summary>
internal static class RecurrentModuleWriter
{
    private static readonly (string Suffix, Direction Direction)[] Directions =
        [("", Direction.Forward), ("_reverse", Direction.Reverse)];

    /// <summary>Adds the module that begins at a layer, and returns how many layers it has.</summary>
    public static int Add(ModuleWriter modules, ModelDefinition definition, int first)
    {
        IReadOnlyList<Layer> layers = definition.Layers;
        var stack = new List<RecurrentLayer> { (RecurrentLayer)layers[first] };
        RequireSupported(stack[0], first);
        while (layers.ElementAtOrDefault(first + stack.Count) is RecurrentLayer next && Stacks(stack[^1], next)
            && Follows(definition, first + stack.Count))
        {
            RequireSupported(next, first + stack.Count);
            stack.Add(next);
        }

        RecurrentSpecification specification = stack[0].Specification;
        string kind = specification switch
        {
            LstmSpecification => "lstm",
            GruSpecification => "gru",
            _ => "rnn",
        };
        string name = modules.NewName(kind);
        bool isRelu = specification is SimpleRnnSpecification { Activation.Kind: ActivationKind.Relu };
        string? activation = kind != "rnn" ? null : isRelu ? "relu" : "tanh";
        modules.AddEntry(new ModuleListEntry(name, activation).ToString());
        AddWeights(modules, name, stack);
        AddInitialStates(modules, name, stack);
        return stack.Count;
    }

    /// <summary>Whether PyTorch has the next layer in the same module: all but its input size is the same.</summary>
    private static bool Stacks(RecurrentLayer layer, RecurrentLayer next) =>
        next.Specification == layer.Specification with { InputSize = next.Specification.InputSize };

    /// <summary>Whether a layer reads what the one before puts out, and nobody else decides what it reads.</summary>
    private static bool Follows(ModelDefinition definition, int layer) =>
        definition.Nodes[layer].Inputs is [int value] && value == definition.Inputs.Count + layer - 1;

    private static void AddWeights(ModuleWriter modules, string module, List<RecurrentLayer> stack)
    {
        bool hasBias = stack.SelectMany(WeightsOf)
            .Any(direction => !direction.Weights.InputBias.IsEmpty || !direction.Weights.RecurrentBias.IsEmpty);
        for (int layer = 0; layer < stack.Count; layer++)
        {
            RecurrentSpecification specification = stack[layer].Specification;
            int rows = specification.GateCount * specification.HiddenSize;
            foreach ((string suffix, CellWeights weights) in WeightsOf(stack[layer]))
            {
                string Name(string stem) => $"{module}.{stem}_l{layer}{suffix}";
                modules.Add(Name("weight_ih"), weights.InputWeights, rows, specification.InputSize);
                modules.Add(Name("weight_hh"), weights.RecurrentWeights, rows, specification.StateSize);
                if (hasBias)
                {
                    modules.AddOrZeros(Name("bias_ih"), weights.InputBias, rows);
                    modules.AddOrZeros(Name("bias_hh"), weights.RecurrentBias, rows);
                }

                if (!weights.Projection.IsEmpty)
                {
                    modules.Add(
                        Name("weight_hr"), weights.Projection, specification.StateSize, specification.HiddenSize);
                }
            }
        }
    }

    private static void AddInitialStates(ModuleWriter modules, string module, List<RecurrentLayer> stack)
    {
        CellWeights[] weights = [.. stack.SelectMany(WeightsOf).Select(direction => direction.Weights)];
        if (weights.All(direction => direction.InitialHidden.IsEmpty && direction.InitialCell.IsEmpty))
        {
            return;
        }

        RecurrentSpecification specification = stack[0].Specification;
        var names = new InitialStateNames(module + "_h0", specification.HasCellState ? module + "_c0" : null);
        AddStates(modules, names.Hidden, specification.StateSize, weights.Select(w => w.InitialHidden));
        if (names.Cell is not null)
        {
            AddStates(modules, names.Cell, specification.HiddenSize, weights.Select(w => w.InitialCell));
        }

        modules.AddInitialStates(module, names);
    }

    private static void AddStates(
        ModuleWriter modules, string name, int size, IEnumerable<ReadOnlyMemory<float>> states)
    {
        float[] all = [.. states.SelectMany(state => state.IsEmpty ? new float[size] : state.ToArray())];
        modules.Add(name, all, all.Length / size, 1, size);
    }

    private static IEnumerable<(string Suffix, CellWeights Weights)> WeightsOf(RecurrentLayer layer) =>
        from direction in Directions
        let weights = direction.Direction == Direction.Forward ? layer.Forward : layer.Reverse
        where weights is not null
        select (direction.Suffix, weights);

    private static void RequireSupported(RecurrentLayer layer, int index)
    {
        string? reason = Unsupported(layer);
        if (reason is not null)
        {
            throw new NotSupportedException($"layer {index}: PyTorch has no module with {reason}.");
        }
    }

    private static string? Unsupported(RecurrentLayer layer)
    {
        RecurrentSpecification specification = layer.Specification;
        if (specification.Direction == Direction.Reverse)
        {
            return "a reverse direction alone";
        }

        if (specification.Clip != 0)
        {
            return "a clip";
        }

        if (specification is GruSpecification { ResetAfter: false })
        {
            return "a reset gate before the recurrent product";
        }

        if (specification is LstmSpecification { Coupling: not GateCoupling.None })
        {
            return "coupled gates";
        }

        return WeightsOf(layer).Any(direction => !direction.Weights.Peephole.IsEmpty) ? "peepholes"
            : HasOwnActivations(layer) ? null
            : "other activations than its own in a cell";
    }

    private static bool HasOwnActivations(RecurrentLayer layer)
    {
        RecurrentSpecification specification = layer.Specification;
        CellActivations own = CellActivations.Default;
        if (specification is SimpleRnnSpecification { Activation: var activation } && activation == Activation.Relu)
        {
            own = own with { Candidate = Activation.Relu };
        }

        return specification.GetActivations(Direction.Forward) == own
            && (layer.Reverse is null || specification.GetActivations(Direction.Reverse) == own);
    }
}
