namespace Recurrent.Training;

/// <summary>
/// The penalty <c>l1 sum |p| + l2 sum p^2</c> (Keras <c>L1L2</c>; PyTorch's <c>weight_decay</c> of SGD is twice
/// <c>l2</c>).
/// </summary>
/// <param name="L1">Factor of the sum of magnitudes, 0 or more.</param>
/// <param name="L2">Factor of the sum of squares, 0 or more.</param>
public readonly record struct Regularizer(double L1 = 0, double L2 = 0)
{
    internal bool IsNone => L1 == 0 && L2 == 0;
}
