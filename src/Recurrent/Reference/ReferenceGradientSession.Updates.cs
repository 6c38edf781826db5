using Recurrent.Layers;

namespace Recurrent.Reference;

/// <content>Penalties, norms and updates.</content>
public sealed partial class ReferenceGradientSession<T>
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
    public double Regularize(int block, double l1, double l2)
    {
        GradientArguments.RequirePenalty(block, Blocks.Count, l1, l2);
        BeginGradients();
        ParameterBlock place = Blocks[block];
        _penalized.Add(block);
        double penalty = 0;
        for (int i = place.Offset; i < place.Offset + place.Length; i++)
        {
            double p = double.CreateChecked(_parameters[i]);
            penalty += (l1 * Math.Abs(p)) + (l2 * p * p);
            _gradients[i] += (p > 0 ? l1 : p < 0 ? -l1 : 0) + (2 * l2 * p);
        }

        return penalty;
    }

    /// <summary>The Euclidean norm of all gradients, or of those of one block.</summary>
    /// <param name="block">Index of a block; -1 for all.</param>
    /// <returns>The norm; NaN if a gradient is.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such block.</exception>
    public double GradientNorm(int block = -1)
    {
        Require.Within(block, -1, Blocks.Count - 1, nameof(block));
        ReadOnlySpan<double> gradients = block < 0
            ? _gradients
            : _gradients.AsSpan(Blocks[block].Offset, Blocks[block].Length);
        double sum = 0;
        foreach (double gradient in gradients)
        {
            sum += gradient * gradient;
        }

        return Math.Sqrt(sum);
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
    public void Update(in OptimizerStep step)
    {
        GradientArguments.RequireUpdate(step, Blocks);
        RequireNoPenalties(step);
        Optimizer<T> optimizer = new(step);
        Optimizer<T> ofRows = new(step, ofRows: true);
        for (int i = 0; i < Blocks.Count; i++)
        {
            ParameterBlock block = Blocks[i];
            if (!step.Trained.IsEmpty && !step.Trained[i])
            {
                continue;
            }

            if (step.Sparse.IsEmpty || !step.Sparse[i])
            {
                Move(optimizer, block.Offset, block.Length);
                continue;
            }

            foreach (int row in _rows[block.Layer])
            {
                Move(ofRows, block.Offset + (row * block.Columns), block.Columns);
            }
        }

        _gradientsAreOver |= step.Renews;
        Forget();
    }

    private void Move(in Optimizer<T> optimizer, int offset, int length) => optimizer.Update(
        _parameters.AsSpan(offset, length),
        _gradients.AsSpan(offset, length),
        _moments.AsSpan(offset, length),
        _moments.AsSpan(ParameterCount + offset, length));

    private void RequireNoPenalties(in OptimizerStep step)
    {
        for (int block = 0; block < step.Sparse.Length; block++)
        {
            if (step.Sparse[block] && _penalized.Contains(block))
            {
                throw new ArgumentException(
                    $"step.Sparse[{block}]: expected false, because the gradients of the block have those of a penalty, which "
                    + "are not of some rows alone.",
                    nameof(step));
            }
        }
    }

    /// <summary>Copies what the optimizer remembers.</summary>
    /// <param name="values">
    /// Receives <c>[2, ParameterCount]</c>: the mean (or momentum) before the mean square, 0 before the first update.
    /// </param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public void GetMoments(Span<T> values)
    {
        RequireParameters(values.Length, 2, nameof(values));
        _moments.CopyTo(values);
    }

    /// <summary>Sets what the optimizer remembers.</summary>
    /// <param name="values"><c>[2, ParameterCount]</c>, as <see cref="GetMoments"/> gave it.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    public void SetMoments(ReadOnlySpan<T> values)
    {
        RequireParameters(values.Length, 2, nameof(values));
        values.CopyTo(_moments);
    }
}
