namespace Recurrent.Layers;

/// <summary>
/// A convolution over time: <c>y_t = f(b + sum over k of V_k x_(t * Stride + k * Dilation - PaddingBefore))</c>, from the oldest
/// step of a window to the newest. Steps of the padding are 0.
/// </summary>
/// <remarks>
/// A causal one (<see cref="IsCausal"/>) can be stepped: the steps that it still needs are its state, see
/// <see cref="StateKind.History"/>. Others need whole sequences.
/// </remarks>
public sealed record ConvolutionSpecification : WindowSpecification
{
    private const int MaxRow = 1 << 24;

    private const int MaxHistory = 1 << 28;

    /// <summary>Features of an output step, 1 to <see cref="LayerSpecification.MaxSize"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    public new required int OutputSize
    {
        get;
        init => field = Require.Size(value, nameof(OutputSize));
    }

    /// <summary>
    /// Groups that input and output features are divided into; each group of outputs is made of its group of inputs alone.
    /// Divides both sizes.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is out of range.</exception>
    public int Groups
    {
        get;
        init => field = Require.Size(value, nameof(Groups));
    } = 1;

    /// <summary>The activation <c>f</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Its kind is not defined, or a parameter is not usable.</exception>
    public Activation Activation
    {
        get;
        init => field = Require.Usable(value, nameof(Activation));
    } = Activation.Identity;

    /// <summary>
    /// Whether every step is made of itself and the steps before it, so that the layer can be stepped: <c>Stride</c> is 1,
    /// <c>PaddingBefore</c> is <c>Reach</c> and <c>PaddingAfter</c> is 0.
    /// </summary>
    public bool IsCausal => Stride == 1 && PaddingBefore == Reach && PaddingAfter == 0;

    /// <summary>Elements of a row of the kernel: <c>KernelSize * InputSize / Groups</c>.</summary>
    internal int RowLength => KernelSize * (InputSize / Groups);

    internal override long StateElements => IsCausal ? (long)Reach * InputSize : 0;

    private protected override int OutputFeatures => OutputSize;

    internal override string? WhyNotCausal(ModelValue read) => IsCausal ? null : "is not causal";

    internal override void Validate(string argument)
    {
        base.Validate(argument);
        Require.Size(OutputSize, $"{argument}.{nameof(OutputSize)}");
        if (InputSize % Groups != 0 || OutputSize % Groups != 0)
        {
            throw new ArgumentException(
                $"{argument}.{nameof(Groups)}: expected a divisor of InputSize {InputSize} and OutputSize {OutputSize}, found "
                + $"{Groups}.",
                argument);
        }

        long row = (long)KernelSize * (InputSize / Groups);
        if (row > MaxRow)
        {
            throw new ArgumentException(
                $"{argument}: expected KernelSize * InputSize / Groups of at most {MaxRow}, found {row}.", argument);
        }

        if (StateElements > MaxHistory)
        {
            throw new ArgumentException(
                $"{argument}: expected a history (KernelSize - 1) * Dilation * InputSize of at most {MaxHistory}, found "
                + $"{StateElements}.",
                argument);
        }

        Require.Elements(OutputSize, row, "[OutputSize, KernelSize * InputSize / Groups]", argument);
    }
}
