using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Recurrent.Layers;

/// <summary>
/// The parameters of a model, their gradients and an optimizer's moments: what the native <c>GradientSession</c> and the
/// <c>ReferenceGradientSession</c> have in common, so that one can stand in for the other.
/// </summary>
/// <typeparam name="T">The number type of parameters, inputs, states and outputs.</typeparam>
[SuppressMessage("Naming", "CA1716", Justification = "A step is what the field calls it.")]
public interface IGradientSession<T> : IDisposable
{
    /// <summary>The model as it was opened.</summary>
    ModelDefinition Definition { get; }

    /// <summary>Where each matrix and vector is among the parameters.</summary>
    IReadOnlyList<ParameterBlock> Blocks { get; }

    /// <summary>Number of parameters.</summary>
    int ParameterCount { get; }

    /// <summary>Elements of a row of states.</summary>
    int StateSize { get; }

    /// <summary>Bytes that the last forward pass has kept for the backward pass.</summary>
    long TapeBytes { get; }

    /// <summary>Copies all parameters out.</summary>
    /// <param name="values">Receives <c>[ParameterCount]</c>, of exactly that length.</param>
    void GetParameters(Span<T> values);

    /// <summary>Sets all parameters. A forward pass before it cannot be gone back through.</summary>
    /// <param name="values"><c>[ParameterCount]</c>, of exactly that length.</param>
    void SetParameters(ReadOnlySpan<T> values);

    /// <summary>Keeps the parameters of now, to go back to them with <see cref="RestoreParameters"/>.</summary>
    /// <param name="keeps">False to keep none any more.</param>
    void KeepParameters(bool keeps = true);

    /// <summary>Takes the parameters back that were kept; they are still kept.</summary>
    void RestoreParameters();

    /// <summary>Copies all gradients out: the sums of all backward passes since they were zeroed.</summary>
    /// <param name="values">Receives <c>[ParameterCount]</c>, of exactly that length.</param>
    void GetGradients(Span<T> values);

    /// <summary>Sets all gradients to zero.</summary>
    void ZeroGradients();

    /// <summary>Adds the gradients of a penalty to those of one block.</summary>
    /// <param name="block">Index of a block.</param>
    /// <param name="l1">Factor of the sum of magnitudes, 0 or more.</param>
    /// <param name="l2">Factor of the sum of squares, 0 or more.</param>
    /// <returns>The penalty.</returns>
    double Regularize(int block, double l1, double l2);

    /// <summary>The Euclidean norm of all gradients, or of those of one block.</summary>
    /// <param name="block">Index of a block; -1 for all.</param>
    /// <returns>The norm; NaN if a gradient is.</returns>
    double GradientNorm(int block = -1);

    /// <summary>Computes the outputs of a batch and keeps what <c>Backward</c> needs.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="y">Receives the output.</param>
    /// <param name="finalStates">Receives <c>[batch, StateSize]</c>; empty if they are not wanted.</param>
    void Forward(in GradientBatch<T> batch, Span<T> y, Span<T> finalStates = default);

    /// <summary>Adds the gradients of a loss to those of all parameters, once for each forward pass.</summary>
    /// <param name="dy">The gradient of the output, shaped as it is; empty for 0.</param>
    /// <param name="dFinalStates">That of the final states, <c>[batch, StateSize]</c>; empty for 0.</param>
    /// <param name="dx">Receives that of the input, shaped as it is; empty if it is not wanted.</param>
    /// <param name="dInitialStates">
    /// Receives that of the states that were started from, <c>[batch, StateSize]</c>; empty if it is not wanted.
    /// </param>
    void Backward(
        ReadOnlySpan<T> dy,
        ReadOnlySpan<T> dFinalStates = default,
        Span<T> dx = default,
        Span<T> dInitialStates = default);

    /// <summary>Computes the outputs of a batch of a model of several inputs or outputs.</summary>
    /// <param name="batch">The batch, with <see cref="GradientBatch{T}.Inputs"/>.</param>
    /// <param name="outputs">Receive the outputs that are wanted, by their names or positions.</param>
    /// <param name="finalStates">Receives <c>[batch, StateSize]</c>; empty if they are not wanted.</param>
    [OverloadResolutionPriority(-1)]
    void Forward(in GradientBatch<T> batch, ReadOnlySpan<OutputBuffer<T>> outputs, Span<T> finalStates = default);

    /// <summary>Adds the gradients of a loss of a model of several inputs or outputs, likewise.</summary>
    /// <param name="dOutputs">The gradients of outputs, by their names or positions; 0 for those that are left out.</param>
    /// <param name="dFinalStates">That of the final states, <c>[batch, StateSize]</c>; empty for 0.</param>
    /// <param name="dInputs">Receive those of inputs that are wanted, likewise.</param>
    /// <param name="dInitialStates">
    /// Receives that of the states that were started from, <c>[batch, StateSize]</c>; empty if it is not wanted.
    /// </param>
    [OverloadResolutionPriority(-1)]
    void Backward(
        ReadOnlySpan<InputBuffer<T>> dOutputs,
        ReadOnlySpan<T> dFinalStates = default,
        ReadOnlySpan<OutputBuffer<T>> dInputs = default,
        Span<T> dInitialStates = default);

    /// <summary>Moves all parameters along their gradients.</summary>
    /// <param name="step">The optimizer and its numbers.</param>
    void Update(in OptimizerStep step);

    /// <summary>Copies what the optimizer remembers.</summary>
    /// <param name="values">Receives <c>[2, ParameterCount]</c>.</param>
    void GetMoments(Span<T> values);

    /// <summary>Sets what the optimizer remembers.</summary>
    /// <param name="values"><c>[2, ParameterCount]</c>, as <see cref="GetMoments"/> gave it.</param>
    void SetMoments(ReadOnlySpan<T> values);

    /// <summary>The model with the current parameters.</summary>
    /// <returns>A definition of its own: it does not change any more.</returns>
    ModelDefinition ToDefinition();
}
