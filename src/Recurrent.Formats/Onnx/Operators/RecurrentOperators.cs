using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary><c>RNN</c>, <c>LSTM</c> and <c>GRU</c>.</summary>
internal static class RecurrentOperators
{
    private const int LengthsInput = 4;
    private const int HiddenInput = 5;
    private const int CellInput = 6;

    public static IReadOnlyList<Value?> Apply(NodeContext context)
    {
        RecurrentParts parts = RecurrentParts.Read(context);
        return Apply(context, parts.Specification, parts.ReadWeights, parts.BatchFirst);
    }

    /// <summary>A layer whose specification and weights are known, for the data, lengths and states of the node.</summary>
    public static IReadOnlyList<Value?> Apply(
        NodeContext context, RecurrentSpecification specification, Func<CellWeights[]> readWeights, bool batchFirst)
    {
        FlowValue input = Input(context, batchFirst, specification.InputSize);
        Axis[] time = input.Groups[batchFirst ? 1 : 0];
        Axis[] batch = input.Groups[batchFirst ? 0 : 1];
        FlowNode? lengths = Lengths(context, time, batch);
        SortedRows.RequireOrder(context, batch, LengthsInput, "sequence_lens", 0);
        SortedRows.RequireOrder(context, batch, HiddenInput, "initial_h", batchFirst ? 0 : 1);
        SortedRows.RequireOrder(context, batch, CellInput, "initial_c", batchFirst ? 0 : 1);
        InitialStates states = new(context, specification, batch, batchFirst);
        CellWeights[] weights = readWeights();
        states.ReadConstants(HiddenInput, StateKind.Hidden);
        if (specification.HasCellState)
        {
            states.ReadConstants(CellInput, StateKind.Cell);
        }

        RecurrentLayer layer = new(specification, states.AddTo(weights));
        RecurrentNode node = new(context.Name, input.Read, layer, lengths, null, states.Reads());
        states.Assign(node);
        return Outputs(node, time, batch, batchFirst);
    }

    private static FlowValue Input(NodeContext context, bool batchFirst, int inputSize)
    {
        FlowValue flow = Flows.Complete(context, Flattening.StepsOfOne(context, context.Required(0)), "X: a sequence");
        flow = OneStep(context, flow, batchFirst ? 1 : 0);
        if (flow.Kind != FlowKind.Sequence || flow.Rank != 3 || !Flows.HoldsFeatures(flow, 2))
        {
            throw context.RefuseInput(flow, $"X: a sequence [{(batchFirst ? "batch, time" : "time, batch")}, features]");
        }

        Flows.RequireSize(context, flow, inputSize, "W");
        RequireRole(context, flow, batchFirst ? 1 : 0, OnnxAxis.Time);
        RequireRole(context, flow, batchFirst ? 0 : 1, OnnxAxis.Batch);
        return flow;
    }

    /// <summary>A row with a dimension of one element for its steps, as a sequence of one step; another value stays as it is.</summary>
    private static FlowValue OneStep(NodeContext context, FlowValue flow, int time)
    {
        bool isRow = flow.Kind is FlowKind.LastStep or FlowKind.FinalState && flow.Rank == 3 && Flows.HoldsFeatures(flow, 2)
            && flow.Groups[time].Length == 0;
        if (!isRow)
        {
            return flow;
        }

        int size = Flows.KnownSize(context, flow);
        Axis features = new($"{context.Name}.of_step", size, OnnxAxis.Features);
        Axis step = new($"{context.Name}.step", 1, OnnxAxis.Time) { Origin = (new Axis(flow.Source.Name, 1, OnnxAxis.Time), 0) };
        return new FlowValue
        {
            Source = new StructureNode($"{context.Name}.step", new RepeatLayer(size, 1), FlowKind.Sequence, flow.Read),
            Groups = [.. flow.Groups.Select((group, i) => i == time ? (Axis[])[step] : i == 2 ? [features] : group)],
            Features = features,
        };
    }

    private static void RequireRole(NodeContext context, FlowValue flow, int dimension, OnnxAxis role)
    {
        Axis[] group = flow.Groups[dimension];
        if (group.Length > 1 || group.Any(axis => axis.Whole is not null || !axis.Assign(role)))
        {
            throw context.Refuse(
                $"X: dimension {dimension} is read as {role.ToString().ToLowerInvariant()}, found {flow}");
        }
    }

    private static FlowNode? Lengths(NodeContext context, Axis[] time, Axis[] batch)
    {
        switch (context.Optional(LengthsInput))
        {
            case null:
                return null;
            case ConstantValue constant when !constant.Tensor.IsFloating:
                context.Take(constant.Tensor.ElementCount, areFloating: false);
                Extent whole = Extent.Of(time);
                return constant.Integers().ToArray().All(length => whole.Known == length)
                    ? null
                    : throw context.Refuse("sequence_lens: constant lengths of rows cannot be part of a model");
            case ExtentsValue extents when extents.Elements.All(Extent.Of(time).Same):
            case SpreadExtent spread when spread.Element.Same(Extent.Of(time)):
                return null;
            case FlowValue { Source: InputNode input, Rank: 1 } flow when flow.Groups[0].All(axis => axis.Whole is null):
                bool isLengths = !input.IsFloating && input.Assign(OnnxInputRole.Lengths)
                    && flow.Groups[0].All(axis => axis.Assign(OnnxAxis.Batch));
                return isLengths
                    ? input
                    : throw context.Refuse($"sequence_lens: the input '{input.Name}' cannot be lengths of rows");
            case FlowValue { Source: LengthsNode counted, Rank: 1 } rows when rows.Groups[0].All(axis => axis.Assign(OnnxAxis.Batch)):
                return counted;
            case Value other:
                throw context.Refuse($"sequence_lens: expected an input of the graph, found {other} for a batch of "
                    + $"{Extent.Of(batch)}");
        }
    }

    private static IReadOnlyList<Value?> Outputs(RecurrentNode node, Axis[] time, Axis[] batch, bool batchFirst)
    {
        RecurrentSpecification specification = node.Layer.Specification;
        FlowValue Make(FlowKind kind)
        {
            int size = kind == FlowKind.Cell ? specification.HiddenSize : specification.StateSize;
            Axis features = new($"{node.Name}.hidden", size, OnnxAxis.Features);
            Axis? rowAxis = node.Rows.Count == 1 ? null : new Axis($"{node.Name}.directions", 2, OnnxAxis.Direction);
            Axis[] rows = rowAxis is null ? [] : [rowAxis];
            IReadOnlyList<Axis[]> groups = (kind == FlowKind.Sequence, batchFirst) switch
            {
                (true, false) => [time, rows, batch, [features]],
                (true, true) => [batch, time, rows, [features]],
                (false, false) => [rows, batch, [features]],
                (false, true) => [batch, rows, [features]],
            };
            return new FlowValue
            {
                Source = node,
                Kind = kind,
                Groups = groups,
                Features = features,
                Rows = node.Rows,
                RowAxis = rowAxis,
            };
        }

        return [Make(FlowKind.Sequence), Make(FlowKind.Hidden), specification.HasCellState ? Make(FlowKind.Cell) : null];
    }
}
