using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>Recurrent modules and cells: the same as operators of graphs, a layer at a time.</summary>
internal static class ScriptRecurrence
{
    private const int MaxLayers = 1024;

    // Where PyTorch's gates are in the order of graphs: i f g o in i o f c, and r z n in z r h.
    private static readonly int[] LstmPlaces = [0, 3, 1, 2];
    private static readonly int[] GruPlaces = [1, 0, 2];
    private static readonly int[] RnnPlaces = [0];

    public static IReadOnlyDictionary<string, Func<ScriptArguments, object?>> All { get; } =
        new Dictionary<string, Func<ScriptArguments, object?>>(StringComparer.Ordinal)
        {
            ["torch.lstm"] = arguments => Module(arguments, "LSTM"),
            ["torch.gru"] = arguments => Module(arguments, "GRU"),
            ["torch.rnn_tanh"] = arguments => Module(arguments, "RNN"),
            ["torch.rnn_relu"] = arguments => Module(arguments, "RNN", "Relu"),
            ["torch.lstm_cell"] = arguments => Cell(arguments, "LSTM"),
            ["torch.gru_cell"] = arguments => Cell(arguments, "GRU"),
            ["torch.rnn_tanh_cell"] = arguments => Cell(arguments, "RNN"),
            ["torch.rnn_relu_cell"] = arguments => Cell(arguments, "RNN", "Relu"),
        };

    /// <summary>A module of several layers: its steps, and the final states of all layers.</summary>
    private static object?[] Module(ScriptArguments arguments, string operation, string activation = "Tanh")
    {
        // Packed rows come with how many there are at each step, and have no order of axes of their own.
        bool isPacked = arguments.Get(0, "input") is ScriptPacked;
        int first = isPacked ? 1 : 0;
        var packed = arguments.Get(0, "input") as ScriptPacked;
        Value input = packed?.Flow ?? arguments.Tensor(0, "input");
        bool isBatchFirst = packed?.IsBatchFirst ?? arguments.Flag(8, "batch_first", false);
        Value[] states = operation == "LSTM" ? arguments.Tensors(first + 1, "hx") : [arguments.Tensor(first + 1, "hx")];
        ConstantValue[] parameters = [.. arguments.Tensors(first + 2, "params").Select(parameter => parameter as ConstantValue
            ?? throw arguments.Refuse($"expected parameters, found {parameter}"))];
        bool hasBias = arguments.Flag(first + 3, "has_biases", true);
        long layers = arguments.Integer(first + 4, "num_layers", 1);
        int directions = arguments.Flag(first + 7, "bidirectional", false) ? 2 : 1;
        int each = hasBias ? 4 : 2;
        bool isProjected = operation == "LSTM" && parameters.Length > 0 && parameters.Length == layers * directions * (each + 1);
        each += isProjected ? 1 : 0;
        if (layers is < 1 or > MaxLayers || states.Length != (operation == "LSTM" ? 2 : 1))
        {
            throw arguments.Refuse($"expected 1 to {MaxLayers} layers and {(operation == "LSTM" ? "two states" : "a state")}");
        }

        if (parameters.Length != layers * directions * each)
        {
            throw arguments.Refuse($"expected {layers * directions * each} parameters, found {parameters.Length}");
        }

        RequireBatch(arguments);
        ScriptStepLoop? loop = arguments.Script.StepLoop is { } over && over.IsStep(input) ? over : null;
        int time = isBatchFirst ? 1 : 0;
        if (loop is not null && (directions > 1 || packed is not null || arguments.Rank(input) != 3 || arguments.Shape(input)[time].Known != 1))
        {
            throw arguments.Refuse($"in a loop over steps expected one step and one direction, found {input}");
        }

        Value?[] initial = loop is null ? states : ScriptStepLoop.Initial(arguments, states);
        input = loop is null ? input : loop.Sequence((FlowValue)input, time, isKept: true);
        if (arguments.Rank(input) != 3)
        {
            throw arguments.Refuse($"expected a sequence with a batch, found {input}");
        }

        Value steps = isBatchFirst ? ScriptShapes.Transpose(arguments, input, 1, 0, 2) : input;
        var finals = new List<Value>[states.Length];
        for (int i = 0; i < finals.Length; i++)
        {
            finals[i] = [];
        }

        for (int layer = 0; layer < layers; layer++)
        {
            ConstantValue[] own = parameters[(layer * directions * each)..((layer + 1) * directions * each)];
            Value?[] starts =
                [.. initial.Select(state => layers == 1 || state is null ? state : Rows(arguments, state, layer * directions, directions, (int)layers * directions))];
            IReadOnlyList<Value?> made = isProjected
                ? ScriptProjection.Layer(arguments, steps, starts, own, directions, hasBias, packed?.Lengths)
                : Layer(arguments, operation, activation, steps, starts, own, directions, hasBias, packed?.Lengths);
            steps = Steps(arguments, made[0]!, directions);
            for (int i = 0; i < finals.Length; i++)
            {
                finals[i].Add(made[1 + i]!);
            }
        }

        Value output = isBatchFirst ? ScriptShapes.Transpose(arguments, steps, 1, 0, 2) : steps;
        Value[] ends = [.. finals.Select(parts => ScriptShapes.Join(arguments, [.. parts], 0))];
        for (int i = 0; i < states.Length; i++)
        {
            arguments.Script.States.Read(initial[i], i == 0 ? FlowKind.Hidden : FlowKind.Cell, ((FlowValue)ends[i]).Rows);
        }

        if (loop is not null)
        {
            return [loop.Step((FlowValue)output, time, isKept: true), .. Kept(loop, states, ends)];
        }

        object sequence = packed is null ? output : packed with { Flow = output };
        object?[] result = [sequence, .. ends];
        return result;
    }

    /// <summary>A cell: the step of a layer.</summary>
    private static object? Cell(ScriptArguments arguments, string operation, string activation = "Tanh")
    {
        Value[] states = operation == "LSTM" ? arguments.Tensors(1, "hx") : [arguments.Tensor(1, "hx")];
        ConstantValue[] parameters =
        [
            arguments.Constant(2, "w_ih"), arguments.Constant(3, "w_hh"),
            .. arguments.Get(4, "b_ih") is null ? [] : new[] { arguments.Constant(4, "b_ih"), arguments.Constant(5, "b_hh") },
        ];
        RequireBatch(arguments);
        Value input = arguments.Script.States.Step(arguments.Tensor(0, "input"));
        if (arguments.Rank(input) != 2 || states.Length != (operation == "LSTM" ? 2 : 1))
        {
            throw arguments.Refuse($"expected a step [batch, features], found {input}");
        }

        ScriptStepLoop? loop = arguments.Script.StepLoop is { } over && over.IsStep(input) ? over : null;
        Value?[] initial = loop is null ? states : ScriptStepLoop.Initial(arguments, states);
        IReadOnlyList<Value?> made = Layer(
            arguments,
            operation,
            activation,
            loop is null ? ScriptShapes.Unsqueeze(arguments, input, 0) : loop.Sequence((FlowValue)input, 0, isKept: false),
            [.. initial.Select(state => state is null ? null : ScriptShapes.Unsqueeze(arguments, state, 0))],
            parameters,
            directions: 1,
            hasBias: parameters.Length == 4,
            lengths: null);
        Value output = Steps(arguments, made[0]!, 1);
        Value[] ends = [.. Enumerable.Range(1, states.Length).Select(i => ScriptShapes.Squeeze(arguments, made[i]!, 0))];
        for (int i = 0; i < states.Length; i++)
        {
            arguments.Script.States.Read(initial[i], i == 0 ? FlowKind.Hidden : FlowKind.Cell, ((FlowValue)ends[i]).Rows);
        }

        if (loop is not null)
        {
            FlowValue each = loop.Step((FlowValue)output, 0, isKept: false);
            object?[] kept = Kept(loop, states, ends, each);
            return operation == "LSTM" ? kept : each;
        }

        Value step = ScriptShapes.Squeeze(arguments, output, 0);

        // The state is what the cell puts out at its only step: layers behind it read that.
        arguments.Script.States.IsStep(ends[0], step);
        object?[] both = [.. ends];
        return operation == "LSTM" ? both : ends[0];
    }

    /// <summary>The states that a layer hands to the next step of a loop.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="before">The states of the step before.</param>
    /// <param name="ends">The states behind the last step.</param>
    /// <param name="hidden">What the hidden state of a cell is at each step.</param>
    private static object?[] Kept(ScriptStepLoop loop, Value[] before, Value[] ends, FlowValue? hidden = null)
    {
        Value[] next = [.. ends.Select((end, i) => i == 0 && hidden is not null ? hidden : (Value)new ScriptStepState($"{end} at a step of a loop"))];
        for (int i = 0; i < next.Length; i++)
        {
            loop.Keep(before[i], next[i], ends[i]);
        }

        object?[] states = [.. next];
        return states;
    }

    /// <summary>
    /// PyTorch's modules take a sequence without a batch, too. Dimensions that the rest of the code counts mean something else
    /// then, so a model that could not be read with a batch is not read without one.
    /// </summary>
    private static void RequireBatch(ScriptArguments arguments)
    {
        if (arguments.Script.Variable("is_batched") is false)
        {
            throw arguments.Refuse("expected an input with a batch");
        }
    }

    private static IReadOnlyList<Value?> Layer(
        ScriptArguments arguments,
        string operation,
        string activation,
        Value steps,
        Value?[] states,
        ConstantValue[] parameters,
        int directions,
        bool hasBias,
        Value? lengths)
    {
        int[] places = operation switch { "LSTM" => LstmPlaces, "GRU" => GruPlaces, _ => RnnPlaces };
        int each = hasBias ? 4 : 2;
        ConstantValue[] Of(int index) => [.. Enumerable.Range(0, directions).Select(direction => parameters[(direction * each) + index])];
        ConstantValue weights = Gates(arguments, places, Of(0));
        ConstantValue recurrent = Gates(arguments, places, Of(1));
        ConstantValue? bias = hasBias ? Gates(arguments, places, Of(2), Of(3)) : null;
        long hidden = recurrent.Dimensions[^1];
        arguments.Script.Sizes.Fit(steps, weights.Dimensions[^1]);
        List<(string, object)> attributes =
        [
            ("hidden_size", hidden), ("direction", directions == 2 ? "bidirectional" : "forward"),
        ];
        if (operation == "GRU")
        {
            attributes.Add(("linear_before_reset", 1L));
        }
        else if (operation == "RNN")
        {
            attributes.Add(("activations", Enumerable.Repeat(activation, directions).ToArray()));
        }

        IReadOnlyList<Value?> made = arguments.EmitAll(
            operation,
            [steps, weights, recurrent, bias, lengths, states[0], states.Length > 1 ? states[1] : null],
            attributes);
        if (((FlowValue)made[0]!).Rows is [{ Node: var node }, ..])
        {
            arguments.Script.States.Add(node);
        }

        return made;
    }

    /// <summary>The directions of a layer side by side in the features.</summary>
    private static Value Steps(ScriptArguments arguments, Value made, int directions) => directions == 1
        ? ScriptShapes.Squeeze(arguments, made, 1)
        : arguments.Emit(
            "Reshape",
            [ScriptShapes.Transpose(arguments, made, 0, 2, 1, 3), ConstantValue.Of([3], new[] { 0L, 0, -1 }.AsMemory())]);

    /// <summary>The states of one of several layers.</summary>
    private static Value Rows(ScriptArguments arguments, Value states, int first, int count, int all)
    {
        if (states is FlowValue { Source: InputNode } flow && flow.Groups[0] is [{ Whole: null } axis])
        {
            axis.AssignSize(all);
        }

        IReadOnlyList<Extent> shape = arguments.Shape(states);
        if (shape.Count != 3 || (shape[0].Known is { } length && length != all))
        {
            throw arguments.Refuse($"expected the states of {all} layers and directions, found {states}");
        }

        return ScriptShapes.Slice(arguments, states, 0, first, first + count);
    }

    /// <summary>Parameters with their gates in the order of graphs; those of several directions below each other.</summary>
    private static ConstantValue Gates(ScriptArguments arguments, int[] places, params ConstantValue[][] parts)
    {
        ConstantValue first = parts[0][0];
        int[] shape = [.. first.Dimensions];
        bool fits = shape.Length is 1 or 2 && shape[0] > 0 && shape[0] % places.Length == 0
            && parts.SelectMany(part => part).All(one =>
                one is { IsSpread: false, Tensor.IsFloating: true } && one.Dimensions.SequenceEqual(shape));
        if (!fits)
        {
            throw arguments.Refuse(
                $"expected parameters of one shape with rows for {places.Length} gates, found "
                + string.Join(" and ", parts.SelectMany(part => part).Select(one => one.ToString())));
        }

        int size = first.Tensor.ElementCount;
        int gate = size / places.Length;
        int directions = parts[0].Length;
        arguments.Context("Constant", []).Take((long)size * directions * parts.Length, areFloating: true);
        float[] values = new float[size * directions * parts.Length];
        int at = 0;
        for (int direction = 0; direction < directions; direction++)
        {
            foreach (ConstantValue[] part in parts)
            {
                ReadOnlySpan<float> source = part[direction].Singles().Span;
                foreach (int place in places)
                {
                    source.Slice(place * gate, gate).CopyTo(values.AsSpan(at));
                    at += gate;
                }
            }
        }

        return ConstantValue.Of([directions, shape[0] * parts.Length, .. shape[1..]], values.AsMemory());
    }
}
