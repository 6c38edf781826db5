using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>
/// What a path is asked to differentiate: the sum of all outputs and final states, each times a weight of its own.
/// </summary>
/// <param name="Sequence">The model and the sequence.</param>
/// <param name="OutputWeights">The weights of the output, shaped as it is.</param>
/// <param name="FinalStateWeights">The weights of final states, <c>[batch, size]</c>; 0 for the others.</param>
internal sealed record GradientRequest(
    SequenceRequest Sequence,
    ReadOnlyMemory<float> OutputWeights,
    IReadOnlyList<(StateAddress State, ReadOnlyMemory<float> Values)> FinalStateWeights);

/// <summary>The gradients that a path computed.</summary>
/// <param name="Input">Of the input, shaped as it is.</param>
/// <param name="InitialStates">Of the initial states, <c>[batch, StateSize]</c>.</param>
/// <param name="Blocks">Where each parameter is.</param>
/// <param name="Parameters">Of all parameters.</param>
internal sealed record GradientResult(
    double[] Input, double[] InitialStates, IReadOnlyList<ParameterBlock> Blocks, double[] Parameters);
