using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// A layer normalization as exporters write it where ONNX has no operator for it: the mean of the features, what is left
/// without it, the mean of the squares of that, its root, a quotient or a product, factors and offsets.
/// </summary>
internal static class Standardizations
{
    /// <summary>The mean of features or of their squared distances from it; null if it is another sum.</summary>
    public static PendingFlow? Reduce(NodeContext context, Value value, int[] dimensions, bool keeps)
    {
        if (context.Node.Operator != "ReduceMean" || dimensions is not [int dimension])
        {
            return null;
        }

        if (value is PendingFlow { What: FeatureSpread { Kind: SpreadKind.Squares } spread, Flow: var squares })
        {
            return Flows.HoldsFeatures(squares, dimension)
                ? new PendingFlow(TimePooling.Without(squares, dimension, keeps), spread with { Kind = SpreadKind.Variance })
                : throw context.RefuseInput(value, "their mean over the features");
        }

        if (value is not FlowValue { Kind: not FlowKind.Cell } flow)
        {
            return null;
        }

        flow = Flows.ResolveFeatures(context, flow);
        return Flows.HoldsFeatures(flow, dimension)
            ? new PendingFlow(TimePooling.Without(flow, dimension, keeps), new Standardization(flow, 0, 1))
            : null;
    }

    /// <summary>The square, the root or the reciprocal of a part of a normalization; null if the value is none.</summary>
    public static PendingFlow? Apply(NodeContext context, Value value, float exponent)
    {
        SpreadKind? kind = value is not PendingFlow pending ? null : (pending.What, exponent) switch
        {
            (Standardization { IsCentered: true }, 2) => SpreadKind.Squares,
            (FeatureSpread { Kind: SpreadKind.Variance }, 0.5f) => SpreadKind.Deviation,
            (FeatureSpread { Kind: SpreadKind.Variance }, -0.5f) => SpreadKind.Inverse,
            (FeatureSpread { Kind: SpreadKind.Deviation }, -1) => SpreadKind.Inverse,
            _ => null,
        };
        return kind is not { } known ? null : ((PendingFlow)value).What switch
        {
            Standardization part => new PendingFlow(((PendingFlow)value).Flow, new FeatureSpread(part.Of, known, 0)),
            FeatureSpread spread => new PendingFlow(((PendingFlow)value).Flow, spread with { Kind = known }),
            _ => null,
        };
    }

    /// <summary>A sum, a difference, a product or a quotient of parts of a normalization; null if they are not parts of one.</summary>
    public static Value? Combine(NodeContext context, Value left, Value right)
    {
        FlowValue? of = Data(left) ?? Data(right);
        if (of is null || !IsPart(left, of) || !IsPart(right, of))
        {
            return null;
        }

        Pending? result = (context.Node.Operator, Part(left, of), Part(right, of)) switch
        {
            ("Add", FeatureSpread { Kind: SpreadKind.Variance } variance, null) => PlusEpsilon(variance, Number(right)),
            ("Add", null, FeatureSpread { Kind: SpreadKind.Variance } variance) => PlusEpsilon(variance, Number(left)),
            ("Add", Standardization a, Standardization b) => Sum(a, b, 1),
            ("Sub", Standardization a, Standardization b) => Sum(a, b, -1),
            ("Add", Standardization a, null) => Plus(a, Vector(context, right, of), 1),
            ("Add", null, Standardization b) => Plus(b, Vector(context, left, of), 1),
            ("Sub", Standardization a, null) => Plus(a, Vector(context, right, of), -1),
            ("Sub", null, Standardization b) => Negative(b) is { } negative ? Plus(negative, Vector(context, left, of), 1) : null,
            ("Mul", Standardization { IsCentered: true }, Standardization { IsCentered: true }) =>
                new FeatureSpread(of, SpreadKind.Squares, 0),
            ("Mul", Standardization a, FeatureSpread { Kind: SpreadKind.Inverse } inverse) => Divided(a, inverse),
            ("Mul", FeatureSpread { Kind: SpreadKind.Inverse } inverse, Standardization b) => Divided(b, inverse),
            ("Mul", Standardization a, null) => Times(a, Vector(context, right, of)),
            ("Mul", null, Standardization b) => Times(b, Vector(context, left, of)),
            ("Mul", FeatureSpread { Kind: SpreadKind.Inverse } inverse, null) => Times(inverse, Vector(context, right, of)),
            ("Mul", null, FeatureSpread { Kind: SpreadKind.Inverse } inverse) => Times(inverse, Vector(context, left, of)),
            ("Div", Standardization a, FeatureSpread { Kind: SpreadKind.Deviation } deviation) => Divided(a, deviation),
            ("Div", null, FeatureSpread { Kind: SpreadKind.Deviation } deviation) =>
                Times(deviation with { Kind = SpreadKind.Inverse }, Vector(context, left, of)),
            _ => null,
        };
        return result switch
        {
            null => null,
            Standardization { IsWhole: true } whole => Create(context, whole),
            _ => new PendingFlow(Wider(context, left, right), result),
        };
    }

    /// <summary>The layer.</summary>
    public static FlowValue Create(NodeContext context, Standardization whole)
    {
        FlowValue flow = Flows.Complete(context, whole.Of, "features");
        int size = Flows.KnownSize(context, flow);
        float epsilon = whole.Epsilon!.Value;
        if (!(epsilon >= 0) || !float.IsFinite(epsilon))
        {
            throw context.Refuse($"expected to add a number of at least 0 to the variance, found {epsilon}");
        }

        LayerNormalizationLayer layer = new(
            new LayerNormalizationSpecification { InputSize = size, Epsilon = epsilon }, whole.Factors, whole.Offsets);
        return Flows.Append(
            context, flow, new LayerNode(context.Name, flow.Read, layer, []), size, Flows.FeatureDimension(flow));
    }

    private static FlowValue? Data(Value value) => (value as PendingFlow)?.What switch
    {
        Standardization part => part.Of,
        FeatureSpread spread => spread.Of,
        _ => null,
    };

    private static bool IsPart(Value value, FlowValue of) => value switch
    {
        ConstantValue { IsSpread: false, Tensor.IsFloating: true } => true,
        FlowValue flow => IsSame(flow, of),
        _ => Data(value) is { } data && IsSame(data, of),
    };

    private static Pending? Part(Value value, FlowValue of) =>
        value is FlowValue ? new Standardization(of, 1, 0) : (value as PendingFlow)?.What;

    private static bool IsSame(FlowValue left, FlowValue right) =>
        ReferenceEquals(left.Source, right.Source) && left.Kind == right.Kind && left.Rank == right.Rank
        && (left.Features is null || right.Features is null || left.Features == right.Features)
        && left.RowAxis == right.RowAxis && left.Rows.SequenceEqual(right.Rows)
        && !Enumerable.Range(0, left.Rank).Any(i => !left.Groups[i].SequenceEqual(right.Groups[i]));

    /// <summary>The dimensions of a result: those of the value that has the features.</summary>
    private static FlowValue Wider(NodeContext context, Value left, Value right)
    {
        FlowValue? a = left is FlowValue first ? Flows.ResolveFeatures(context, first) : (left as PendingFlow)?.Flow;
        FlowValue? b = right is FlowValue second ? Flows.ResolveFeatures(context, second) : (right as PendingFlow)?.Flow;
        return a is null ? b! : b is null || Flows.FeatureDimension(a) >= 0 ? a : b;
    }

    private static float? Number(Value value) =>
        value is ConstantValue { Tensor.ElementCount: 1 } constant ? constant.Singles().Span[0] : null;

    /// <summary>A constant as a number for each feature; empty for 1 number, which then stands in the first place.</summary>
    private static float[]? Vector(NodeContext context, Value value, FlowValue of)
    {
        if (value is not ConstantValue constant)
        {
            return null;
        }

        FlowValue flow = Flows.ResolveFeatures(context, of);
        if (Flows.SizeOf(flow) is null && constant.Rank > 0 && constant.Dimensions[^1] > 1)
        {
            Flows.RequireSize(context, flow, constant.Dimensions[^1], "the constant");
        }

        int size = Flows.KnownSize(context, flow);
        context.Take(4L * size, areFloating: true);
        return FeatureConstants.Read(context, flow, constant, size);
    }

    private static FeatureSpread? PlusEpsilon(FeatureSpread variance, float? epsilon) =>
        epsilon is { } number ? variance with { Epsilon = variance.Epsilon + number } : null;

    private static Standardization? Sum(Standardization a, Standardization b, int sign)
    {
        bool fits = a.Epsilon == b.Epsilon && a.Factors.AsSpan().SequenceEqual(b.Factors)
            && Math.Abs(a.Data + (sign * b.Data)) <= 1 && Math.Abs(a.Mean + (sign * b.Mean)) <= 1;
        return !fits ? null : a with
        {
            Data = a.Data + (sign * b.Data),
            Mean = a.Mean + (sign * b.Mean),
            Offsets = b.Offsets.Length == 0 ? a.Offsets
                : [.. b.Offsets.Select((offset, i) => (a.Offsets.Length == 0 ? 0 : a.Offsets[i]) + (sign * offset))],
        };
    }

    private static Standardization? Plus(Standardization part, float[]? vector, int sign) => vector is null ? null : part with
    {
        Offsets = [.. vector.Select((number, i) => (part.Offsets.Length == 0 ? 0 : part.Offsets[i]) + (sign * number))],
    };

    private static Standardization? Negative(Standardization part) => part with
    {
        Data = -part.Data,
        Mean = -part.Mean,
        Offsets = [.. part.Offsets.Select(offset => -offset)],
    };

    private static Standardization? Times(Standardization part, float[]? vector) =>
        vector is null || part.Offsets.Length > 0 ? null : part with { Factors = Product(part.Factors, vector) };

    private static FeatureSpread? Times(FeatureSpread inverse, float[]? vector) =>
        vector is null ? null : inverse with { Factors = Product(inverse.Factors, vector) };

    private static Standardization? Divided(Standardization part, FeatureSpread spread) =>
        part.Epsilon is not null || part.Offsets.Length > 0 ? null : part with
        {
            Epsilon = spread.Epsilon,
            Factors = spread.Factors.Length == 0 ? part.Factors : Product(part.Factors, spread.Factors),
        };

    private static float[] Product(float[] factors, float[] vector) =>
        factors.Length == 0 ? vector : [.. factors.Select((factor, i) => factor * vector[i])];
}
