using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// <c>Loop</c>, as tf2onnx writes the cells of Keras: over the steps of a sequence, with the states carried and the outputs
/// collected. The body is computed as sums of products and compared with the equations of the cells, so that nothing near one
/// is taken for it.
/// </summary>
internal static class LoopOperator
{
    public static IReadOnlyList<Value?> Apply(NodeContext context)
    {
        GraphProto graph = context.Node.Graph("body") ?? throw context.Refuse("expected a body");
        LoopBody body = new(context, context.Interpreter.Inner(graph));
        if (body.StepAxis is not { } time || body.BatchAxes is not { } batch)
        {
            throw LoopBody.Refuse(context, "it takes no steps of a sequence");
        }

        RequireSteps(context, body, time);
        LoopStates states = new(context, body);
        CellMatch cell = states.Match();
        InitialStates initial = new(context, cell.Specification, batch);
        initial.ReadRows(context.Required(2 + cell.Hidden.Index), StateKind.Hidden, cell.Hidden.Name);
        if (cell.Cell is not null)
        {
            initial.ReadRows(context.Required(2 + cell.Cell.Index), StateKind.Cell, cell.Cell.Name);
        }

        states.RequireBegin();
        RecurrentLayer layer = new(cell.Specification, initial.AddTo([cell.Weights]));
        RecurrentNode node = new(
            context.Name, cell.Input.Sequence.Read, layer, lengths: null, states.Mask, initial.Reads());
        initial.Assign(node);
        context.Interpreter.Note(
            ImportNoteKind.Folded, context.Name, $"the loop became a layer: its body is the cell {Describe(cell.Specification)}");
        return [.. Enumerable.Range(0, body.CarriedCount).Select(i => Final(context, body, states, node, i, time, batch)),
            .. Enumerable.Range(0, body.ScanCount).Select(_ => (Value)Flow(node, FlowKind.Sequence, [[time], batch]))];
    }

    /// <summary>Refuses a loop that does not take every step of the sequence once.</summary>
    private static void RequireSteps(NodeContext context, LoopBody body, Axis time)
    {
        Extent steps = Extent.Of([time]);
        List<Extent> runs = [];
        if (context.Optional(0) is { } trips)
        {
            runs.Add(ConstantArithmetic.Elements(context, trips) is [var count] ? count : throw context.RefuseInput(trips, "a number of steps"));
        }

        if (context.Optional(1) is { } begin and not ConstantValue { Tensor.ElementCount: 1, IsSpread: false, Tensor.IsFloating: false })
        {
            throw context.RefuseInput(begin, "a condition that is known");
        }

        if (context.Optional(1) is ConstantValue condition && condition.Integers().Span[0] == 0)
        {
            throw context.Refuse("expected a condition that holds at the beginning");
        }

        switch (body.Condition)
        {
            case ConditionValue going:
                foreach ((long offset, Extent bound) in going.Bounds)
                {
                    // It stops behind the first step for which the condition does not hold.
                    runs.Add(bound.Known >= int.MaxValue ? bound
                        : bound + Extent.Of(1 - offset) ?? throw context.Refuse($"cannot tell how many steps there are while {going}"));
                }

                break;
            case ConstantValue { IsSpread: false, Tensor: { ElementCount: 1, IsFloating: false } } constant when constant.Integers().Span[0] != 0:
                break;
            default:
                throw context.Refuse($"expected to go on while there are steps, found {body.Condition}");
        }

        // At least as many by every condition, and as many by one of them.
        bool isAll = runs.All(run => run.Above(steps) is >= 0 || run.Known >= int.MaxValue) && runs.Exists(run => run.Above(steps) == 0);
        if (!isAll)
        {
            throw context.Refuse($"expected a loop over {steps} steps, found [{string.Join(", ", runs)}]");
        }
    }

    private static Value? Final(
        NodeContext context, LoopBody body, LoopStates states, RecurrentNode node, int carried, Axis time, Axis[] batch)
    {
        if (body.IsInvariant(carried))
        {
            return context.Required(2 + carried);
        }

        if (body.States.ContainsKey(carried))
        {
            return Flow(node, states.IsCell(carried) ? FlowKind.Cell : FlowKind.Hidden, [batch]);
        }

        return ExtentsValue.Create(
            [Extent.Of([time]) + Extent.Of(((StepValue)body.Next(carried)).Offset - 1) ?? throw context.Refuse("too many steps")],
            ((StepValue)body.Next(carried)).IsScalar);
    }

    private static FlowValue Flow(RecurrentNode node, FlowKind kind, Axis[][] groups)
    {
        Axis features = new($"{node.Name}.hidden", node.Layer.Specification.HiddenSize, OnnxAxis.Features);
        return new FlowValue
        {
            Source = node,
            Kind = kind,
            Groups = [.. groups, [features]],
            Features = features,
            Rows = node.Rows,
        };
    }

    private static string Describe(RecurrentSpecification specification) => specification switch
    {
        LstmSpecification => "of an LSTM",
        GruSpecification { ResetAfter: true } => "of a GRU, reset after the product",
        GruSpecification => "of a GRU",
        _ => "of a simple RNN",
    };
}
