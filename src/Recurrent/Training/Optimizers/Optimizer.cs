using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// How parameters are moved along their gradients, with the names of Keras's and PyTorch's parameters. Immutable: what it
/// remembers of past gradients belongs to the model. The formulas are those of <see cref="OptimizerKind"/>.
/// </summary>
public abstract class Optimizer
{
    /// <summary>Leaves the rate to be said.</summary>
    /// <param name="learningRate">The learning rate, or a schedule of it.</param>
    private protected Optimizer(LearningRateSchedule learningRate)
    {
        ArgumentNullException.ThrowIfNull(learningRate);
        LearningRate = learningRate;
    }

    /// <summary>The learning rate; a number stands for one that stays.</summary>
    public LearningRateSchedule LearningRate { get; }

    /// <summary>
    /// Gradients are scaled down together to this Euclidean norm where theirs is larger (Keras <c>global_clipnorm</c>,
    /// PyTorch <c>clip_grad_norm_</c>; Pascanu et al. 2013); 0 for no clip.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or NaN.</exception>
    public double GlobalClipNorm
    {
        get;
        init => field = Require.Within(value, 0, double.MaxValue, nameof(GlobalClipNorm));
    }

    /// <summary>
    /// Every gradient is bounded to plus and minus this, after the clip by norm (Keras <c>clipvalue</c>, PyTorch
    /// <c>clip_grad_value_</c>); 0 for no clip.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is negative, infinite or NaN.</exception>
    public double ClipValue
    {
        get;
        init => field = Require.Within(value, 0, double.MaxValue, nameof(ClipValue));
    }

    /// <summary>Whether it can move some rows of a table and leave the others as they are.</summary>
    internal virtual bool CanMoveRows => false;

    /// <summary>One update: everything but the rate's scale and the blocks that are trained.</summary>
    internal abstract OptimizerStep At(long step, double rate, double gradientScale, ReadOnlySpan<bool> trained);
}
