namespace Recurrent.Layers;

/// <summary>A layer whose steps are made of windows of steps: a convolution or a pooling layer.</summary>
/// <remarks>
/// Step <c>t</c> of what it outputs is made of the steps <c>t * Stride + k * Dilation - PaddingBefore</c>, <c>k</c> from 0 to
/// <c>KernelSize - 1</c>. Of <c>n</c> steps it makes <c>(n + PaddingBefore + PaddingAfter - Reach - 1) / Stride + 1</c>, rounded
/// down, or none if there are fewer than a window takes. That holds for each row of a batch by its own length; a row without
/// steps has none.
/// </remarks>
public abstract record WindowSpecification : LayerSpecification
{
    /// <summary>Largest kernel size, stride, dilation and reach of a window.</summary>
    public const int MaxReach = 1_048_576;

    private protected WindowSpecification()
    {
    }

    /// <summary>Steps of a window (<c>K</c>), 1 to <see cref="MaxReach"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public required int KernelSize
    {
        get;
        init => field = Require.Within(value, 1, MaxReach, nameof(KernelSize));
    }

    /// <summary>Steps from one window to the next, 1 to <see cref="MaxReach"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int Stride
    {
        get;
        init => field = Require.Within(value, 1, MaxReach, nameof(Stride));
    } = 1;

    /// <summary>Steps from one step of a window to the next, 1 to <see cref="MaxReach"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int Dilation
    {
        get;
        init => field = Require.Within(value, 1, MaxReach, nameof(Dilation));
    } = 1;

    /// <summary>Steps of padding before the first step, 0 to <see cref="Reach"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int PaddingBefore
    {
        get;
        init => field = Require.Within(value, 0, MaxReach, nameof(PaddingBefore));
    }

    /// <summary>Steps of padding behind the last valid step of a row, 0 to <see cref="Reach"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int PaddingAfter
    {
        get;
        init => field = Require.Within(value, 0, MaxReach, nameof(PaddingAfter));
    }

    /// <summary>
    /// Steps from the oldest step of a window to the newest: <c>(KernelSize - 1) * Dilation</c>, at most <see cref="MaxReach"/>.
    /// </summary>
    public int Reach => (int)Math.Min(int.MaxValue, (KernelSize - 1L) * Dilation);

    internal override bool ChangesSteps => !KeepsSteps;

    internal override bool ComputesSteps => false;

    /// <summary>Whether there are as many steps as are read, whatever that number is.</summary>
    private bool KeepsSteps => Stride == 1 && PaddingBefore + PaddingAfter == Reach;

    internal override bool CanRead(ValueKind kind) => kind == ValueKind.Sequence;

    internal override TimeBase Gives(TimeBase read) => KeepsSteps
        ? read
        : TimeBase.Windows(PaddingBefore + PaddingAfter - Reach, Stride, read);

    internal override string? WhyNotCausal(ModelValue read) => "takes windows of steps";

    internal override void Validate(string argument)
    {
        base.Validate(argument);
        Require.Within(KernelSize, 1, MaxReach, $"{argument}.{nameof(KernelSize)}");
        if (Reach > MaxReach)
        {
            throw new ArgumentException(
                $"{argument}: expected (KernelSize - 1) * Dilation of at most {MaxReach}, found KernelSize {KernelSize} and "
                + $"Dilation {Dilation}.",
                argument);
        }

        RequirePadding(PaddingBefore, $"{argument}.{nameof(PaddingBefore)}");
        RequirePadding(PaddingAfter, $"{argument}.{nameof(PaddingAfter)}");
    }

    private void RequirePadding(int padding, string argument)
    {
        if (padding > Reach)
        {
            throw new ArgumentException(
                $"{argument}: expected 0 to {Reach}, which is (KernelSize - 1) * Dilation, found {padding}.", argument);
        }
    }
}
