using System.Globalization;
using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// What is done with one batch: outputs, loss, gradients, update. Nothing is allocated once the largest batch has been seen.
/// </summary>
internal sealed class BatchComputer<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly IGradientSession<T> _session;
    private readonly PenalizedBlock[] _penalized;
    private readonly bool[] _trained;
    private readonly bool[] _sparse;
    private T[] _outputs = [];
    private T[] _gradient = [];
    private T[] _parameters = [];

    public BatchComputer(IGradientSession<T> session, TrainingOptions options)
    {
        _session = session;
        Batch = new PreparedBatch<T>(session.Definition);
        _trained = options.Trainable is null ? [] : [.. session.Blocks.Select(options.Trainable)];
        _sparse = options.Sparse is null ? [] : [.. session.Blocks.Select(options.Sparse)];
        _penalized =
        [
            .. PenalizedBlock.All(session.Blocks, options.Regularizers, session.Definition.Layers.Count)
                .Where(penalized => IsTrained(penalized.Index)),
        ];
        RequireSparse();
    }

    public PreparedBatch<T> Batch { get; }

    public ReadOnlySpan<T> Outputs => _outputs.AsSpan(0, Batch.OutputLength);

    /// <summary>The numbers of the blocks that are updated sparsely.</summary>
    public string SparseBlocks => string.Join(
        ' ', Enumerable.Range(0, _sparse.Length).Where(i => _sparse[i]).Select(i => i.ToString(CultureInfo.InvariantCulture)));

    /// <summary>Outputs of the prepared batch.</summary>
    public ReadOnlySpan<T> Forward(ReadOnlySpan<T> initialStates, Span<T> finalStates, ulong? dropoutSeed)
    {
        if (_outputs.Length < Batch.OutputLength)
        {
            _outputs = new T[Batch.OutputLength];
        }

        _session.Forward(
            Batch.ForModel(initialStates, dropoutSeed), _outputs.AsSpan(0, Batch.OutputLength), finalStates);
        return Outputs;
    }

    /// <summary>
    /// The mean of the weighted losses of the positions that count, without penalties, and its gradient for
    /// <see cref="Backward"/>.
    /// </summary>
    public double Loss(Loss loss)
    {
        if (_gradient.Length < Batch.OutputLength)
        {
            _gradient = new T[Batch.OutputLength];
        }

        int counted = Math.Max(Batch.Counted, 1);
        Span<T> gradient = _gradient.AsSpan(0, Batch.OutputLength);
        return loss.Compute(Batch.ForLoss(Outputs), T.One / T.CreateTruncating(counted), gradient) / counted;
    }

    /// <summary>The sum of the loss over the positions that count, each times its weight; without any gradient.</summary>
    public double LossSum(Loss loss) => loss.Sum(Batch.ForLoss(Outputs));

    /// <summary>The sum of a metric over the positions that count.</summary>
    public double Sum(Metric metric) => metric.Sum(Batch.ForMetric(Outputs));

    /// <summary>Adds the gradients of the loss and of penalties, and tells the penalties.</summary>
    public double Backward()
    {
        _session.Backward(_gradient.AsSpan(0, Batch.OutputLength));
        double penalty = 0;
        foreach (PenalizedBlock penalized in _penalized)
        {
            penalty += _session.Regularize(penalized.Index, penalized.Regularizer.L1, penalized.Regularizer.L2);
        }

        return penalty;
    }

    /// <summary>The penalties, without any gradient.</summary>
    public double Penalty()
    {
        if (_penalized.Length == 0)
        {
            return 0;
        }

        if (_parameters.Length == 0)
        {
            _parameters = new T[_session.ParameterCount];
        }

        _session.GetParameters(_parameters);
        double penalty = 0;
        foreach (PenalizedBlock penalized in _penalized)
        {
            double magnitudes = 0;
            double squares = 0;
            foreach (T value in _parameters.AsSpan(penalized.Block.Offset, penalized.Block.Length))
            {
                double parameter = double.CreateTruncating(value);
                magnitudes += Math.Abs(parameter);
                squares += parameter * parameter;
            }

            penalty += (penalized.Regularizer.L1 * magnitudes) + (penalized.Regularizer.L2 * squares);
        }

        return penalty;
    }

    /// <summary>Refuses an optimizer that would move all rows of a table of which only some are to be moved.</summary>
    public void RequireFits(Optimizer optimizer, string argument)
    {
        int block = Array.FindIndex(_sparse, sparse => sparse);
        if (block >= 0 && !optimizer.CanMoveRows)
        {
            throw new ArgumentException(
                $"{argument}: expected Sgd without momentum or Adam, because the table of layer {_session.Blocks[block].Layer} is "
                + $"updated sparsely, found {optimizer.GetType().Name}"
                + (optimizer is Sgd sgd ? $" with a momentum of {sgd.Momentum}." : "."),
                argument);
        }
    }

    /// <summary>Clips the gradients and moves the parameters.</summary>
    /// <param name="optimizer">How.</param>
    /// <param name="updatesBefore">Updates before this one.</param>
    /// <param name="rateScale">What the rate is multiplied by.</param>
    /// <param name="renews">Whether the next gradients begin anew; else they are added to these.</param>
    /// <returns>The norm of the gradients before the clip; 0 if nothing has asked for it.</returns>
    public double Update(Optimizer optimizer, long updatesBefore, double rateScale, bool renews)
    {
        double norm = 0;
        double scale = 1;
        if (optimizer.GlobalClipNorm > 0)
        {
            norm = GradientNorm();
            scale = norm > optimizer.GlobalClipNorm ? optimizer.GlobalClipNorm / norm : 1;
            if (!double.IsFinite(norm))
            {
                return norm;
            }
        }

        double rate = optimizer.LearningRate.At(updatesBefore) * rateScale;
        _session.Update(optimizer.At(updatesBefore + 1, rate, scale, _trained) with { Sparse = _sparse, Renews = renews });
        return norm;
    }

    private void RequireSparse()
    {
        for (int i = 0; i < _sparse.Length; i++)
        {
            ParameterBlock block = _session.Blocks[i];
            if (_sparse[i] && block.Role != ParameterRole.Table)
            {
                throw new ArgumentException(
                    $"{nameof(TrainingOptions.Sparse)}: expected tables of embeddings only, found {block.Role} of layer "
                    + $"{block.Layer}.",
                    nameof(TrainingOptions.Sparse));
            }

            if (_sparse[i] && Array.Exists(_penalized, penalized => penalized.Index == i))
            {
                throw new ArgumentException(
                    $"{nameof(TrainingOptions.Sparse)}: expected a table without a penalty, because a penalty moves all rows; "
                    + $"layer {block.Layer} has one.",
                    nameof(TrainingOptions.Sparse));
            }
        }
    }

    private bool IsTrained(int block) => _trained.Length == 0 || _trained[block];

    /// <summary>Of what is trained: nothing else is moved, so nothing else may make the moves smaller.</summary>
    private double GradientNorm()
    {
        if (Array.TrueForAll(_trained, trained => trained))
        {
            return _session.GradientNorm();
        }

        double squares = 0;
        for (int block = 0; block < _trained.Length; block++)
        {
            double norm = _trained[block] ? _session.GradientNorm(block) : 0;
            squares += norm * norm;
        }

        return Math.Sqrt(squares);
    }
}
