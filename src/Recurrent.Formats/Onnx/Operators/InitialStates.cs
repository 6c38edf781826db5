using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// The states that a layer starts from: constants become a part of the layer, inputs of the graph are taken note of.
/// </summary>
internal sealed class InitialStates(NodeContext context, RecurrentParts parts, Axis[] batch)
{
    private readonly Dictionary<(StateKind Kind, int Row), float[]> _constants = [];
    private readonly List<(InputNode Input, StateKind Kind, int Row, int Index)> _inputs = [];

    private int Rows => parts.Specification.DirectionCount;

    private int Size => parts.Specification.HiddenSize;

    /// <summary>Takes an input of the operator: <c>[directions, batch, hidden]</c>, or batch first.</summary>
    public void ReadConstants(int input, StateKind kind)
    {
        string name = kind == StateKind.Hidden ? "initial_h" : "initial_c";
        switch (context.Optional(input))
        {
            case null:
                break;
            case ConstantValue constant:
                Constant(constant, kind, name);
                break;
            case FlowValue { Source: InputNode node } flow:
                Input(flow, node, kind, name);
                break;
            case Value other:
                throw context.Refuse($"{name}: expected a constant or an input of the graph, found {other}");
        }
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
            bool isState = input.Assign(
                kind == StateKind.Hidden ? OnnxInputRole.InitialHidden : OnnxInputRole.InitialCell);
            if (!isState || !input.AssignState(index, node.Rows[row]))
            {
                throw context.Refuse($"the input '{input.Name}' sets a state and is used for something else, too");
            }
        }
    }

    private void Constant(ConstantValue value, StateKind kind, string name)
    {
        int rowAxis = parts.BatchFirst ? 1 : 0;
        bool fits = value.Rank == 3 && value.Tensor.IsFloating && value.Dimensions[rowAxis] == Rows
            && value.Dimensions[2] == Size && value.Dimensions[1 - rowAxis] > 0
            && value.Shape[rowAxis].Known is not null && value.Shape[2].Known is not null;
        Extent expected = Extent.Of(batch);
        Extent found = fits ? value.Shape[1 - rowAxis] : default;
        if (!fits || (found.Known != 1 && expected.Known is not null && !found.Same(expected)))
        {
            throw context.Refuse($"{name}: expected the shape [{Rows}, {expected}, {Size}]"
                + $"{(parts.BatchFirst ? " with the batch first" : "")}, found {value}");
        }

        int batchLength = value.Dimensions[1 - rowAxis];
        ReadOnlySpan<float> values = value.Singles().Span;
        for (int row = 0; row < Rows; row++)
        {
            float[] state = Slice(values, row, 0, batchLength).ToArray();
            for (int other = 1; other < batchLength; other++)
            {
                if (!Slice(values, row, other, batchLength).SequenceEqual(state))
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

    private ReadOnlySpan<float> Slice(ReadOnlySpan<float> values, int row, int batchRow, int batchLength) =>
        values.Slice((parts.BatchFirst ? (batchRow * Rows) + row : (row * batchLength) + batchRow) * Size, Size);

    private void Input(FlowValue flow, InputNode node, StateKind kind, string name)
    {
        Axis[] rows = flow.Rank == 3 ? flow.Groups[parts.BatchFirst ? 1 : 0] : [];
        Axis[] batchRows = flow.Rank == 3 ? flow.Groups[parts.BatchFirst ? 0 : 1] : [];
        Axis[] features = flow.Rank == 3 ? flow.Groups[2] : [];
        bool fits = flow.Rank == 3 && node.IsFloating && flow.Kind == FlowKind.Sequence
            && rows.Length <= 1 && batchRows.Length <= 1 && features.Length <= 1
            && features.All(axis => axis.Whole is null && axis.AssignSize(Size) && axis.Assign(OnnxAxis.Features))
            && (features.Length == 1 || Size == 1)
            && batchRows.All(axis => axis.Whole is null && axis.Assign(OnnxAxis.Batch))
            && rows.All(axis => axis.AssignSize(Rows) && axis.Assign(OnnxAxis.Direction))
            && (rows.Length == 1 || Rows == 1) && flow.Picks.Count <= (rows.Length == 0 ? 1 : 0)
            && flow.Picks.All(pick => pick.Axis.Assign(OnnxAxis.Direction));
        if (!fits)
        {
            throw context.Refuse($"{name}: expected the shape [{Rows}, batch, {Size}]"
                + $"{(parts.BatchFirst ? " with the batch first" : "")}, found {flow}");
        }

        int first = rows is [Axis axis] ? axis.First : flow.Picks is [(_, int index)] ? index : 0;
        for (int row = 0; row < Rows; row++)
        {
            _inputs.Add((node, kind, row, first + row));
        }
    }
}
