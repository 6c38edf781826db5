using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Values that are combined although one has more elements: a row with every step, a feature with every feature.</summary>
internal static class Broadcast
{
    /// <summary>A row at every step of a sequence.</summary>
    /// <param name="context">The node.</param>
    /// <param name="row">The row.</param>
    /// <param name="size">Its features.</param>
    /// <param name="time">The axis of the steps.</param>
    public static FlowRead Repeat(NodeContext context, FlowRead row, int size, Axis time)
    {
        bool isOfModel = context.Interpreter.Inputs.Any(input => input.Axes.Any(time.IsSame));
        if (!isOfModel && time.Size is null or > RepeatSpecification.MaxSteps)
        {
            throw context.Refuse($"a row cannot be repeated for every step of {time}: their number is not that of the model's steps");
        }

        var layer = new RepeatLayer(size, isOfModel ? 0 : time.Size!.Value);
        return new FlowRead(new StructureNode($"{context.Name}.repeat", layer, FlowKind.Sequence, row), FlowKind.Sequence);
    }

    /// <summary>Two values with the same dimensions, those of which have been repeated that had one element; null if they do not fit.</summary>
    public static (FlowValue Left, FlowValue Right, int Dimension)? Align(NodeContext context, FlowValue left, FlowValue right)
    {
        int rank = Math.Max(left.Rank, right.Rank);
        (left, right) = (Widen(left, rank), Widen(right, rank));
        int dimension = Math.Max(Flows.FeatureDimension(left), Flows.FeatureDimension(right));
        int[] dimensions = [.. new[] { left, right }.Where(flow => flow.Groups.Any(group => group.Contains(flow.Features!)))
            .Select(Flows.FeatureDimension).Distinct()];
        dimension = dimensions.Length == 1 ? dimensions[0] : dimension;
        if (dimension < 0 || dimensions.Length > 1 || !Flows.HoldsFeatures(left, dimension) || !Flows.HoldsFeatures(right, dimension))
        {
            return null;
        }

        for (int i = 0; i < rank; i++)
        {
            if (i == dimension || JoinOperators.AreSame(left.Groups[i], right.Groups[i]))
            {
                continue;
            }

            bool isLeft = IsOne(left.Groups[i]) && IsSteps(right, i) && IsRow(left);
            bool isRight = IsOne(right.Groups[i]) && IsSteps(left, i) && IsRow(right);
            (left, right) = isLeft ? (Repeated(context, left, right, i), right)
                : isRight ? (left, Repeated(context, right, left, i))
                : default;
            if (left is null || right is null)
            {
                return null;
            }
        }

        (int? a, int? b) = (Flows.SizeOf(left), Flows.SizeOf(right));
        return (a, b) switch
        {
            (1, > 1) => (FeatureSums.Copies(context, left, dimension, b.Value), right, dimension),
            ( > 1, 1) => (left, FeatureSums.Copies(context, right, dimension, a.Value), dimension),
            _ => (left, right, dimension),
        };
    }

    private static FlowValue Widen(FlowValue flow, int rank) =>
        flow.Rank == rank ? flow : flow.With([.. Enumerable.Repeat<Axis[]>([], rank - flow.Rank), .. flow.Groups]);

    private static bool IsOne(Axis[] group) => group.All(axis => axis.Size == 1);

    /// <summary>Whether a value has no steps: a step or a state, or what is made of an input <c>[batch, features]</c>.</summary>
    private static bool IsRow(FlowValue flow)
    {
        FlowNode at = flow.Source;
        while (at is LayerNode { Kind: FlowKind.Sequence })
        {
            at = at.Reads[0].Node;
        }

        return flow.Kind != FlowKind.Sequence
            || (at is InputNode { Axes.Count: 2 } input && !input.Axes.Concat(flow.Groups.SelectMany(group => group)).Any(axis => axis.Role == OnnxAxis.Time));
    }

    private static bool IsSteps(FlowValue flow, int dimension) =>
        flow.Kind == FlowKind.Sequence && flow.Groups[dimension] is [{ Whole: null } time] && time != flow.Features
        && time.Assign(OnnxAxis.Time);

    private static FlowValue Repeated(NodeContext context, FlowValue row, FlowValue sequence, int dimension)
    {
        Axis time = sequence.Groups[dimension][0];
        int size = Flows.KnownSize(context, row);
        FlowRead repeated = Repeat(context, row.Read, size, time);
        Axis features = new($"{context.Name}.repeated", size, OnnxAxis.Features);
        int at = Flows.FeatureDimension(row);
        return new FlowValue
        {
            Source = repeated.Node,
            Groups =
            [
                .. row.Groups.Select((group, i) =>
                    i == dimension ? (Axis[])[time] : i == at && group.Length > 0 ? [features] : group),
            ],
            Features = features,
        };
    }
}
