using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <content>Penalties, norms and updates.</content>
public sealed unsafe partial class GradientSession
{
    /// <summary>
    /// Adds the gradients of a penalty to those of one block: <c>l1 * sign(p) + 2 * l2 * p</c>, of
    /// <c>l1 * sum |p| + l2 * sum p^2</c>.
    /// </summary>
    /// <param name="block">Index of a block.</param>
    /// <param name="l1">Factor of the sum of magnitudes, 0 or more.</param>
    /// <param name="l2">Factor of the sum of squares, 0 or more.</param>
    /// <returns>The penalty.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block, or a factor is negative or not finite.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public double Regularize(int block, double l1, double l2)
    {
        GradientArguments.RequirePenalty(block, Blocks.Count, l1, l2);
        double penalty;
        Enter();
        Leave(NativeMethods.TrainerRegularize(_native, block, l1, l2, &penalty));
        return penalty;
    }

    /// <summary>The Euclidean norm of all gradients, or of those of one block.</summary>
    /// <param name="block">Index of a block; -1 for all.</param>
    /// <returns>The norm; NaN if a gradient is.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public double GradientNorm(int block = -1)
    {
        Require.Within(block, -1, Blocks.Count - 1, nameof(block));
        double norm;
        Enter();
        Leave(NativeMethods.TrainerGradientNorm(_native, block, &norm));
        return norm;
    }

    /// <summary>
    /// Moves all parameters along their gradients, which stay as they are. A forward pass before it cannot be gone back
    /// through.
    /// </summary>
    /// <param name="step">The optimizer and its numbers.</param>
    /// <exception cref="ArgumentException">
    /// A number is out of range, there are not as many marks as blocks, or rows alone are to be moved where others would
    /// have to be.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">Memory for moments or for kept parameters could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void Update(in OptimizerStep step)
    {
        GradientArguments.RequireUpdate(step, Blocks);
        Enter();
        _shape = default;
        NativeStatus status;
        fixed (bool* trained = step.Trained, sparse = step.Sparse)
        {
            NativeUpdateArgs arguments = new()
            {
                Optimizer = (int)step.Kind,
                Rate = step.Rate,
                Momentum = step.Momentum,
                Decay1 = step.Decay1,
                Decay2 = step.Decay2,
                Epsilon = step.Epsilon,
                WeightDecay = step.WeightDecay,
                GradientScale = step.GradientScale,
                GradientBound = step.GradientBound,
                Step = step.Step,
                Nesterov = step.Nesterov ? 1 : 0,
                Renews = step.Renews ? 1 : 0,
                Trained = (byte*)trained,
                Sparse = (byte*)sparse,
            };
            status = NativeMethods.TrainerUpdate(_native, &arguments);
        }

        Leave(status);
    }
}
