namespace Recurrent.Formats.Onnx;

/// <content>Sums, products and choices.</content>
internal sealed partial class BodyOperators
{
    private static readonly float[] One = [1];

    private RowsValue Product(NodeContext context, ConstantValue matrix, bool isTransposed)
    {
        if (context.Required(0) is JoinedRowsValue joined)
        {
            return JoinedProduct(context, joined, matrix, isTransposed);
        }

        RowsValue rows = Rows(context, 0);
        return new RowsValue(Product(context, rows.Sum, matrix, isTransposed), WithFeatures(context, rows.Dimensions));
    }

    private Polynomial Product(NodeContext context, Polynomial source, ConstantValue matrix, bool isTransposed)
    {
        bool fits = matrix is { Rank: 2, IsSpread: false, Tensor.IsFloating: true }
            && matrix.Dimensions[isTransposed ? 1 : 0] == source.Size && matrix.Dimensions[isTransposed ? 0 : 1] > 0;
        return fits
            ? algebra.Of(new ProductAtom(source, matrix, isTransposed, 0, matrix.Dimensions[isTransposed ? 0 : 1], context.Name))
            : throw context.RefuseInput(matrix, $"a matrix for {source.Size} features");
    }

    private static IReadOnlyList<BodyDimension> WithFeatures(NodeContext context, IReadOnlyList<BodyDimension> dimensions) =>
        dimensions.Count > 0 && dimensions[^1] != BodyDimension.Batch
            ? [.. dimensions.Take(dimensions.Count - 1), BodyDimension.Features]
            : throw context.Refuse("expected features in the last dimension");

    private RowsValue Gemm(NodeContext context)
    {
        GraphNode node = context.Node;
        if (node.Integer("transA", 0) != 0 || node.Single("alpha", 1) != 1 || node.Single("beta", 1) != 1)
        {
            throw context.Refuse("expected A as it is, and no factors");
        }

        ConstantValue matrix = context.Constant(1, "B");
        bool isTransposed = node.Integer("transB", 0) != 0;
        RowsValue product = Product(context, matrix, isTransposed);
        return context.Optional(2) is null ? product : Sum(context, product, Rows(context, 2), 1);
    }

    private RowsValue JoinedProduct(NodeContext context, JoinedRowsValue joined, ConstantValue matrix, bool isTransposed)
    {
        if (matrix is not { Rank: 2, IsSpread: false } || matrix.Dimensions[isTransposed ? 1 : 0] != joined.Size)
        {
            throw context.RefuseInput(matrix, $"a matrix for {joined.Size} features");
        }

        Polynomial? sum = null;
        int first = 0;
        foreach (Polynomial part in joined.Parts)
        {
            ConstantValue rows = ConstantTensors.Slice(context, matrix, isTransposed ? 1 : 0, first, part.Size, 1);
            Polynomial product = Product(context, part, rows, isTransposed);
            sum = sum is null ? product : algebra.Add(sum, product);
            first += part.Size;
        }

        return new RowsValue(sum!, WithFeatures(context, joined.Dimensions));
    }

    private Value Add(NodeContext context)
    {
        if (Step(context) is { } step)
        {
            return step;
        }

        float factor = context.Node.Operator == "Sub" ? -1 : 1;
        RowsValue sum = Rows(context, 0);
        for (int i = 1; i < context.InputCount; i++)
        {
            sum = Sum(context, sum, Rows(context, i), factor);
        }

        return sum;
    }

    /// <summary>The number of the step and a constant; null if it is something else.</summary>
    private static StepValue? Step(NodeContext context)
    {
        (Value left, Value right) = (context.Required(0), context.InputCount > 1 ? context.Required(1) : context.Required(0));
        if (left is not StepValue && context.Node.Operator == "Add")
        {
            (left, right) = (right, left);
        }

        if (left is not StepValue step)
        {
            return null;
        }

        long number = right is ConstantValue { IsSpread: false, Tensor: { IsFloating: false, ElementCount: 1 } } constant
            && constant.Integers().Span[0] is > -int.MaxValue and < int.MaxValue and { } known
            ? known
            : throw context.Refuse($"expected a number to add to the step, found {right}");
        return new StepValue(
            Math.Clamp(step.Offset + (context.Node.Operator == "Sub" ? -number : number), -int.MaxValue, int.MaxValue), step.IsScalar);
    }

    private RowsValue Sum(NodeContext context, RowsValue left, RowsValue right, float factor)
    {
        BodyDimension[] dimensions = Broadcast(context, left, right);
        return new RowsValue(algebra.Add(left.Sum, right.Sum, factor), dimensions);
    }

    private RowsValue Multiply(NodeContext context, RowsValue left, RowsValue right)
    {
        BodyDimension[] dimensions = Broadcast(context, left, right);
        return new RowsValue(algebra.Multiply(left.Sum, right.Sum), dimensions);
    }

    private RowsValue Divide(NodeContext context)
    {
        RowsValue divisor = Rows(context, context.Constant(1, "what is divided by"));
        float[] values = divisor.Sum.Terms is [{ Factors.Length: 0 } constant] ? constant.Coefficients : [0];
        context.Take(values.Length, areFloating: true);
        RowsValue reciprocal = new(algebra.Of([.. values.Select(value => 1 / value)]), divisor.Dimensions);
        return Scaled(context, Rows(context, 0), reciprocal) ?? Multiply(context, Rows(context, 0), reciprocal);
    }

    private RowsValue Negate(RowsValue rows) =>
        new(algebra.Multiply(rows.Sum, algebra.Of([-1])), rows.Dimensions);

    private RowsValue Not(NodeContext context) => context.Required(0) is RowsValue { IsBoolean: true } mask
        ? new RowsValue(algebra.Add(algebra.Of(One), mask.Sum, -1), mask.Dimensions, isBoolean: true)
        : throw context.RefuseInput(context.Required(0), "a mask");

    private RowsValue Where(NodeContext context)
    {
        if (context.Required(0) is not RowsValue { IsBoolean: true } mask)
        {
            throw context.RefuseInput(context.Required(0), "a mask");
        }

        RowsValue chosen = Multiply(context, mask, Rows(context, 1));
        return Sum(context, chosen, Multiply(context, Not(context), Rows(context, 2)), 1);
    }

    /// <summary>What the dimensions of a sum or product are; values of rows may not meet those of features.</summary>
    private BodyDimension[] Broadcast(NodeContext context, RowsValue left, RowsValue right)
    {
        int rank = Math.Max(left.Dimensions.Count, right.Dimensions.Count);
        BodyDimension[] dimensions = new BodyDimension[rank];
        for (int i = 0; i < rank; i++)
        {
            BodyDimension a = At(left, i);
            BodyDimension b = At(right, i);
            dimensions[i] = a == BodyDimension.One ? b : b == BodyDimension.One || a == b ? a
                : throw context.Refuse($"cannot combine {left} and {right}: rows of the batch would meet features");
        }

        bool isClear = dimensions.Count(dimension => dimension == BodyDimension.Batch) <= 1
            && dimensions.Count(dimension => dimension == BodyDimension.Features) <= 1;
        bool fits = left.Sum.Size == right.Sum.Size || left.Sum.Size == 1 || right.Sum.Size == 1;
        return isClear && fits ? dimensions : throw context.Refuse($"cannot combine {left} and {right}");

        // One row of the batch is one element, and one feature is.
        BodyDimension At(RowsValue value, int i)
        {
            int at = i - (rank - value.Dimensions.Count);
            BodyDimension dimension = at < 0 ? BodyDimension.One : value.Dimensions[at];
            return (dimension == BodyDimension.Batch && batch.Known == 1)
                || (dimension == BodyDimension.Features && value.Sum.Size == 1)
                ? BodyDimension.One
                : dimension;
        }
    }
}
