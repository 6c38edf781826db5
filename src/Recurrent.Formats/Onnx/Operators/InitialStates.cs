using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// The states that a layer starts from: constants become a part of the layer, inputs of the graph are taken note of.
/// </summary>
/// <param name="context">The node.</param>
/// <param name="specification">The layer.</param>
/// <param name="batch">Rows of the batch.</param>
/// <param name="batchFirst">Whether the batch is the first axis, and not the directions.</param>
internal sealed class InitialStates(NodeContext context, RecurrentSpecification specification, Axis[] batch, bool batchFirst = false)
{
    private readonly Dictionary<(StateKind Kind, int Row), float[]> _constants = [];
    private readonly List<(InputNode Input, StateKind Kind, int Row, int Index)> _inputs = [];
    private readonly Dictionary<StateKind, FlowRead> _computed = [];

    private int Rows => specification.DirectionCount;

    // A projected hidden state is smaller than the cell's.
    private int SizeOf(StateKind kind) => kind == StateKind.Cell ? specification.HiddenSize : specification.StateSize;

    /// <summary>Takes an input of the operator: <c>[directions, batch, hidden]</c>, or batch first.</summary>
    public void ReadConstants(int input, StateKind kind)
    {
        if (context.Optional(input) is { } value)
        {
            Read(value, kind, kind == StateKind.Hidden ? "initial_h" : "initial_c");
        }
    }

    /// <summary>Takes a state of one direction without an axis of directions: <c>[batch, hidden]</c>.</summary>
    public void ReadRows(Value value, StateKind kind, string name) => Read(
        value switch
        {
            ConstantValue { Rank: 2 } constant => ConstantTensors.Reshape(
                constant, [1, .. constant.Dimensions], [Extent.Of(1), .. constant.Shape]),
            FlowValue { Rank: 2 } flow => flow.With([[], .. flow.Groups]),
            _ => value,
        },
        kind,
        name);

    private void Read(Value value, StateKind kind, string name)
    {
        switch (value)
        {
            case ConstantValue constant:
                Constant(constant, kind, name);
                break;
            case FlowValue { Source: InputNode node } flow:
                Input(flow, node, kind, name);
                break;
            case FlowValue or PendingFlow:
                _computed[kind] = Computed(value, kind, name);
                break;
            default:
                throw context.Refuse($"{name}: expected a constant or an input of the graph, found {value}");
        }
    }

    /// <summary>What other layers have computed: hidden states, then cell states.</summary>
    public IReadOnlyList<FlowRead> Reads()
    {
        if (_computed.Count == 0)
        {
            return [];
        }

        if (!_computed.TryGetValue(StateKind.Hidden, out FlowRead hidden))
        {
            throw context.Refuse("initial_c: another layer has computed it, and initial_h is a constant or an input of the graph; expected both "
                + "from layers");
        }

        return _computed.TryGetValue(StateKind.Cell, out FlowRead cell) ? [hidden, cell] : [hidden];
    }

    /// <summary>A row with the states of all directions side by side.</summary>
    private FlowRead Computed(Value value, StateKind kind, string name)
    {
        FlowValue flow = value as FlowValue ?? Flows.Complete(context, value, name);
        int size = SizeOf(kind);
        int rowDimension = batchFirst ? 1 : 0;
        if (flow.Rank == 3)
        {
            Axis[] group = flow.Groups[rowDimension];
            Axis[] features = flow.Groups[2];
            bool areRows = group.Length == 1 && group[0] == flow.RowAxis && flow.Rows.Count == Rows;
            Axis[][] groups = [flow.Groups[1 - rowDimension], areRows && Rows > 1 ? [.. group, .. features] : features];
            if (areRows || (group.Length == 0 && Rows == 1))
            {
                FlowValue row = areRows && Rows == 1 ? flow.With(groups, flow.Features, flow.Rows, null) : flow.With(groups);
                row = Flows.Complete(context, row, name);
                int found = Flows.KnownSize(context, row);
                bool isRow = !(row.Kind == FlowKind.Sequence && row.Groups.Any(one => one.Any(axis => axis.Role == OnnxAxis.Time)));
                if (isRow && found == Rows * size && Flows.HoldsFeatures(row, 1) && JoinOperators.AreSame(row.Groups[0], batch))
                {
                    return row.Read;
                }
            }
        }

        throw context.Refuse($"{name}: expected the shape [{Rows}, {Extent.Of(batch)}, {size}]"
            + $"{(batchFirst ? " with the batch first" : "")}, found {flow}");
    }

    /// <summary>The weights with the states that are constants.</summary>
    public CellWeights[] AddTo(CellWeights[] weights) =>
        [.. weights.Select((direction, row) =>
        {
            float[] hidden = _constants.GetValueOrDefault((StateKind.Hidden, row), []);
            float[] cell = _constants.GetValueOrDefault((StateKind.Cell, row), []);
            return hidden.Length + cell.Length == 0 ? direction : direction.WithInitialState(hidden, cell);
        })];

    /// <summary>Tells the inputs of the graph which states they set.</summary>
    public void Assign(RecurrentNode node)
    {
        foreach ((InputNode input, StateKind kind, int row, int index) in _inputs)
        {
            if (!input.AssignState(index, new FlowState(node.Rows[row], kind)))
            {
                throw context.Refuse($"the input '{input.Name}' sets a state and is used for something else, too");
            }
        }
    }

    private void Constant(ConstantValue value, StateKind kind, string name)
    {
        int size = SizeOf(kind);
        int rowAxis = batchFirst ? 1 : 0;
        bool fits = value.Rank == 3 && value.Tensor.IsFloating && value.Dimensions[rowAxis] == Rows
            && value.Dimensions[2] == size && value.Dimensions[1 - rowAxis] > 0
            && value.Shape[rowAxis].Known is not null && value.Shape[2].Known is not null;
        Extent expected = Extent.Of(batch);
        Extent found = fits ? value.Shape[1 - rowAxis] : default;
        if (!fits || (found.Known != 1 && expected.Known is not null && !found.Same(expected)))
        {
            throw context.Refuse($"{name}: expected the shape [{Rows}, {expected}, {size}]"
                + $"{(batchFirst ? " with the batch first" : "")}, found {value}");
        }

        int batchLength = value.Dimensions[1 - rowAxis];
        ReadOnlySpan<float> values = value.Singles().Span;
        for (int row = 0; row < Rows; row++)
        {
            float[] state = Slice(values, row, 0, batchLength, size).ToArray();
            for (int other = 1; other < batchLength; other++)
            {
                if (!Slice(values, row, other, batchLength, size).SequenceEqual(state))
                {
                    throw context.Refuse($"{name}: a constant state must be the same in every row of the batch");
                }
            }

            if (state.AsSpan().ContainsAnyExcept(0f))
            {
                _constants[(kind, row)] = state;
            }
        }
    }

    private ReadOnlySpan<float> Slice(ReadOnlySpan<float> values, int row, int batchRow, int batchLength, int size) =>
        values.Slice((batchFirst ? (batchRow * Rows) + row : (row * batchLength) + batchRow) * size, size);

    /// <summary>A state that is a part of the features of an input, which has several side by side.</summary>
    private bool TakeBeside(FlowValue flow, InputNode node, StateKind kind, Axis whole, Axis part)
    {
        int size = SizeOf(kind);
        Axis[] batchRows = flow.Groups[batchFirst ? 0 : 1];
        bool fits = node.IsFloating && flow.Kind == FlowKind.Sequence && flow.Picks.Count == 0 && Rows == 1
            && part.Size == size && part.First % size == 0
            && flow.Groups[batchFirst ? 1 : 0].All(axis => axis is { Whole: null, Role: null } && axis.AssignSize(1))
            && batchRows.Length <= 1 && batchRows.All(axis => axis.Whole is null && axis.Assign(OnnxAxis.Batch))
            && node.DivideIntoStates(whole, size);
        if (fits)
        {
            _inputs.Add((node, kind, 0, part.First / size));
        }

        return fits;
    }

    private void Input(FlowValue flow, InputNode node, StateKind kind, string name)
    {
        int size = SizeOf(kind);
        Axis[] rows = flow.Rank == 3 ? flow.Groups[batchFirst ? 1 : 0] : [];
        Axis[] batchRows = flow.Rank == 3 ? flow.Groups[batchFirst ? 0 : 1] : [];
        Axis[] features = flow.Rank == 3 ? flow.Groups[2] : [];
        if (features is [{ Whole: { } whole } beside] && TakeBeside(flow, node, kind, whole, beside))
        {
            return;
        }

        bool fits = flow.Rank == 3 && node.IsFloating && flow.Kind == FlowKind.Sequence
            && rows.Length <= 1 && batchRows.Length <= 1 && features.Length <= 1
            && features.All(axis => axis.Whole is null && axis.AssignSize(size) && axis.Assign(OnnxAxis.Features))
            && (features.Length == 1 || size == 1)
            && batchRows.All(axis => axis.Whole is null && axis.Assign(OnnxAxis.Batch))
            && rows.All(axis => axis.AssignSize(Rows) && axis.Assign(OnnxAxis.Direction))
            && (rows.Length == 1 || Rows == 1) && flow.Picks.All(pick => pick.Axis.Assign(OnnxAxis.Direction));
        Axis[] counted = [.. node.Axes.Where(axis => axis.Role == OnnxAxis.Direction)];
        int begin = node.Axes.ToList().FindIndex(axis => axis.Role == OnnxAxis.Direction);
        fits = fits && counted.All(axis => axis.Size is not null)
            && (counted.Length < 2 || node.Axes.Skip(begin).Take(counted.Length).SequenceEqual(counted));
        if (!fits)
        {
            throw context.Refuse($"{name}: expected the shape [{Rows}, batch, {size}]"
                + $"{(batchFirst ? " with the batch first" : "")}, found {flow}");
        }

        for (int row = 0; row < Rows; row++)
        {
            // Which one it is of all states in the input, in the order of memory.
            long index = 0;
            foreach (Axis axis in counted)
            {
                int at = rows is [var part] && (part.Whole ?? part).IsSame(axis) ? part.First + row
                    : flow.Picks.FirstOrDefault(pick => pick.Axis.IsSame(axis)) is { Axis: not null } pick ? pick.Index : 0;
                index = Math.Min((index * axis.Size!.Value) + at, int.MaxValue);
            }

            _inputs.Add((node, kind, row, (int)index));
        }
    }
}
