using Recurrent.Layers;

namespace Recurrent.Training;

/// <content>The pieces of the loop, for those who write their own; parameters and checkpoints.</content>
public sealed partial class TrainableModel<T>
{
    /// <summary>One update with all sequences as one batch (Keras <c>train_on_batch</c>).</summary>
    /// <param name="x">The inputs.</param>
    /// <param name="y">What should be put out for them.</param>
    /// <param name="seed">Where dropped elements come from.</param>
    /// <returns>The loss before the update, penalties included. A loss that is not finite updates nothing.</returns>
    /// <exception cref="ArgumentException">Data does not fit the model or the loss.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model has not been compiled; or another call is running on it, a fit for example.
    /// </exception>
    public double TrainOnBatch(Sequences<T> x, Targets<T> y, ulong seed = 0)
    {
        using ModelGuard.Scope call = Guard.Train();
        Session.ZeroGradients();
        double loss = Accumulate(x, y, seed);
        if (double.IsFinite(loss))
        {
            Update(1, renews: false);
        }

        return loss;
    }

    /// <summary>Adds the gradients of the loss of one batch, and of the penalties, to those that are there.</summary>
    /// <param name="x">The inputs.</param>
    /// <param name="y">What should be put out for them.</param>
    /// <param name="seed">Where dropped elements come from.</param>
    /// <returns>The loss, penalties included.</returns>
    /// <exception cref="ArgumentException">Data does not fit the model or the loss.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model has not been compiled; or another call is running on it, a fit for example.
    /// </exception>
    public double AccumulateGradients(Sequences<T> x, Targets<T> y, ulong seed = 0)
    {
        using ModelGuard.Scope call = Guard.Train();
        return Accumulate(x, y, seed);
    }

    /// <summary>Clips the gradients and moves the parameters along them, as the optimizer says.</summary>
    /// <exception cref="InvalidOperationException">
    /// The model has not been compiled; or another call is running on it, a fit for example.
    /// </exception>
    public void ApplyGradients()
    {
        using ModelGuard.Scope call = Guard.Train();
        Update(1, renews: false);
    }

    /// <summary>Sets all gradients to 0.</summary>
    /// <exception cref="InvalidOperationException">Another call is running on the model, a fit for example.</exception>
    public void ZeroGradients()
    {
        using ModelGuard.Scope call = Guard.Train();
        Session.ZeroGradients();
    }

    /// <summary>Copies the gradients.</summary>
    /// <param name="values">Receives <c>[ParameterCount]</c>.</param>
    /// <exception cref="InvalidOperationException">Another call is running on the model, a fit for example.</exception>
    public void GetGradients(Span<T> values)
    {
        using ModelGuard.Scope call = Guard.Look();
        Session.GetGradients(values);
    }

    /// <summary>Copies the parameters.</summary>
    /// <param name="values">Receives <c>[ParameterCount]</c>.</param>
    /// <exception cref="InvalidOperationException">Another call is running on the model, a fit for example.</exception>
    public void GetParameters(Span<T> values)
    {
        using ModelGuard.Scope call = Guard.Look();
        Session.GetParameters(values);
    }

    /// <summary>Sets the parameters.</summary>
    /// <param name="values"><c>[ParameterCount]</c></param>
    /// <exception cref="InvalidOperationException">Another call is running on the model, a fit for example.</exception>
    public void SetParameters(ReadOnlySpan<T> values)
    {
        using ModelGuard.Scope call = Guard.Look();
        Session.SetParameters(values);
    }

    /// <summary>The parameters and what the optimizer remembers, without any position in a fit.</summary>
    /// <returns>The checkpoint.</returns>
    /// <exception cref="InvalidOperationException">Another call is running on the model, a fit for example.</exception>
    public TrainingCheckpoint Capture()
    {
        using ModelGuard.Scope call = Guard.Look();
        return CaptureState();
    }

    /// <summary>Sets the parameters and what the optimizer remembers.</summary>
    /// <param name="checkpoint">A checkpoint of the same model and optimizer.</param>
    /// <param name="onOtherArithmetic">
    /// Whether it may have been computed with another instruction set or product provider, whose last bits differ.
    /// </param>
    /// <exception cref="ArgumentNullException">The checkpoint is null.</exception>
    /// <exception cref="InvalidDataException">It is of another model, optimizer or arithmetic.</exception>
    /// <exception cref="IOException">It is still in its file, which cannot be read.</exception>
    /// <exception cref="InvalidOperationException">Another call is running on the model, a fit for example.</exception>
    public void Restore(TrainingCheckpoint checkpoint, bool onOtherArithmetic = false)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        using ModelGuard.Scope call = Guard.Train();
        RestoreState(checkpoint, onOtherArithmetic);
    }

    /// <inheritdoc cref="Capture"/>
    internal TrainingCheckpoint CaptureState()
    {
        TrainingCheckpoint checkpoint = new();
        checkpoint.SetText("instruction_set", InstructionSet);
        checkpoint.SetText("gemm_provider", GemmProvider);
        checkpoint.SetText("optimizer", _optimizer?.GetType().Name ?? "none");
        checkpoint.SetText(CheckpointModel.Name, CheckpointModel.Describe(Definition));
        checkpoint.SetText(CheckpointModel.SparseName, Computer.SparseBlocks);
        checkpoint.SetValues<long>("position", [0, 0, Updates]);
        Session.GetParameters(Scratch);
        foreach (ParameterBlock block in Blocks)
        {
            checkpoint.SetTensor(
                NameOf(block), Scratch.Slice(block.Offset, block.Length).ToArray(), [block.Rows, block.Columns]);
        }

        var moments = new T[2 * ParameterCount];
        Session.GetMoments(moments);
        checkpoint.SetTensor("moments", moments, [2, ParameterCount]);
        return checkpoint;
    }

    /// <inheritdoc cref="Restore"/>
    internal void RestoreState(TrainingCheckpoint checkpoint, bool onOtherArithmetic = false)
    {
        string optimizer = _optimizer?.GetType().Name ?? "none";
        if (checkpoint.GetText("optimizer") != optimizer)
        {
            throw new InvalidDataException(
                $"The checkpoint is of the optimizer {checkpoint.GetText("optimizer")}, the model has {optimizer}.");
        }

        (string, string) found = (checkpoint.InstructionSet, checkpoint.GemmProvider);
        if (!onOtherArithmetic && found != (InstructionSet, GemmProvider))
        {
            throw new InvalidDataException(
                $"The checkpoint was computed with {found}, this is {(InstructionSet, GemmProvider)}, which "
                + "gives other bits. Create the model with the same TrainingOptions, or allow it.");
        }

        CheckpointModel.Require(checkpoint, Definition);
        if (checkpoint.Texts.TryGetValue(CheckpointModel.SparseName, out string? sparse) && sparse != Computer.SparseBlocks)
        {
            throw new InvalidDataException(
                $"The checkpoint is of a model whose sparsely updated blocks are [{sparse}], those of this one are "
                + $"[{Computer.SparseBlocks}].");
        }

        foreach (ParameterBlock block in Blocks)
        {
            checkpoint.GetValues<T>(NameOf(block), block.Length).CopyTo(Scratch[block.Offset..]);
        }

        T[] moments = checkpoint.GetValues<T>("moments", 2 * ParameterCount);
        Session.SetParameters(Scratch);
        Session.SetMoments(moments);
        Updates = checkpoint.Updates;
    }

    /// <summary>One update; the norm of the gradients, if something has asked for it.</summary>
    internal double Update(double rateScale, bool renews)
    {
        double norm = Computer.Update(Optimizer, Updates, rateScale, renews);
        Updates += double.IsFinite(norm) ? 1 : 0;
        return norm;
    }

    private double Accumulate(Sequences<T> x, Targets<T> y, ulong seed)
    {
        RequireData(x, y, nameof(x), nameof(y));
        Span<int> rows = x.Count <= 256 ? stackalloc int[x.Count] : new int[x.Count];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = i;
        }

        Computer.Batch.Fill(x, y, rows, 0, x.Time);
        Computer.Forward([], [], DropoutSeed(seed));
        double loss = Computer.Loss(Loss);
        return loss + Computer.Backward();
    }

    private static string NameOf(ParameterBlock block) => $"{block.Layer}.{block.Direction}.{block.Role}";
}
