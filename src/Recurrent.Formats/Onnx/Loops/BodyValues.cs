namespace Recurrent.Formats.Onnx;

/// <summary>What a dimension of a value in a body counts.</summary>
internal enum BodyDimension
{
    /// <summary>One element.</summary>
    One,

    /// <summary>Rows of the batch.</summary>
    Batch,

    /// <summary>Features.</summary>
    Features,
}

/// <summary>Numbers of each row of the batch that a body computes at a step.</summary>
/// <param name="sum">How they are computed.</param>
/// <param name="dimensions">What the dimensions count.</param>
/// <param name="isBoolean">Whether they are only 0 and 1.</param>
internal sealed class RowsValue(Polynomial sum, IReadOnlyList<BodyDimension> dimensions, bool isBoolean = false) : Value
{
    public Polynomial Sum => sum;

    public IReadOnlyList<BodyDimension> Dimensions => dimensions;

    public bool IsBoolean => isBoolean;

    public override string ToString() => sum.ToString();
}

/// <summary>Several sums side by side, of which a product with a matrix makes one.</summary>
/// <param name="parts">The sums.</param>
/// <param name="dimensions">What the dimensions count.</param>
internal sealed class JoinedRowsValue(IReadOnlyList<Polynomial> parts, IReadOnlyList<BodyDimension> dimensions) : Value
{
    public IReadOnlyList<Polynomial> Parts => parts;

    public IReadOnlyList<BodyDimension> Dimensions => dimensions;

    public int Size => parts.Sum(part => part.Size);

    public override string ToString() => $"[{string.Join(", ", parts)}]";
}

/// <summary>The number of the step, more or less some.</summary>
/// <param name="offset">What it is at the first step.</param>
/// <param name="isScalar">Whether it is one number and no list of one.</param>
internal sealed class StepValue(long offset, bool isScalar) : Value
{
    public long Offset => offset;

    public bool IsScalar => isScalar;

    public override string ToString() => $"the step + {offset}";
}

/// <summary>Whether a loop goes on: while all of some steps are below bounds.</summary>
/// <param name="bounds">What is added to the step, and what it has to be below of.</param>
internal sealed class ConditionValue(IReadOnlyList<(long Offset, Extent Bound)> bounds) : Value
{
    public IReadOnlyList<(long Offset, Extent Bound)> Bounds => bounds;

    public override string ToString() =>
        string.Join(" and ", bounds.Select(bound => $"the step + {bound.Offset} < {bound.Bound}").DefaultIfEmpty("true"));
}
