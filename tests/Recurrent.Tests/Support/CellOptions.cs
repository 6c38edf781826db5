using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>
/// Every option of a layer by itself: every activation in every role, biases, clip, directions, peepholes, coupling,
/// projection.
/// </summary>
internal static class CellOptions
{
    /// <summary>Variants of a layer that multiplies.</summary>
    /// <param name="plain">What they are variants of.</param>
    /// <param name="projections">Projection sizes to try; 0 for none.</param>
    public static IEnumerable<LayerCase> Of(LayerCase plain, IReadOnlyList<int> projections)
    {
        CellKind cell = plain.Cell;
        foreach (ActivationKind kind in Enum.GetValues<ActivationKind>())
        {
            Activation activation = new(kind, 0.4f, 0.6f);
            yield return plain with { Activations = CellActivations.Default with { Gate = activation } };
            yield return plain with { Activations = CellActivations.Default with { Candidate = activation } };
            yield return plain with { Activations = CellActivations.Default with { Output = activation } };
        }

        yield return plain with { InputBias = false };
        yield return plain with { RecurrentBias = false };
        yield return plain with { InputBias = false, RecurrentBias = false };
        if (cell == CellKind.Convolution)
        {
            foreach (int size in new[] { 1, 2, 9 })
            {
                yield return plain with { KernelSize = size };
                yield return plain with { KernelSize = size, Dilation = 2, TrainedState = true };
                yield return plain with { KernelSize = size, Dilation = 5, Centered = true };
                yield return plain with { KernelSize = size, Size = 20, Groups = 5 };
            }
        }

        if (cell is CellKind.Dense or CellKind.Convolution)
        {
            yield break;
        }

        yield return plain with { Clip = 0.5f };
        yield return plain with { Direction = Direction.Reverse };
        yield return plain with { Direction = Direction.Bidirectional };
        yield return plain with
        {
            Direction = Direction.Bidirectional,
            ReverseActivations = new(Activation.HardSigmoid(), Activation.Softsign, Activation.Relu),
        };
        if (cell != CellKind.Lstm)
        {
            yield break;
        }

        foreach (GateCoupling coupling in Enum.GetValues<GateCoupling>())
        {
            foreach (OutputPeephole output in Enum.GetValues<OutputPeephole>())
            {
                foreach (int projection in projections)
                {
                    yield return plain with { Coupling = coupling, OutputPeephole = output, Projection = projection };
                    yield return plain with
                    {
                        Coupling = coupling,
                        OutputPeephole = output,
                        Projection = projection,
                        Peephole = true,
                        Clip = 0.7f,
                    };
                }
            }
        }
    }
}
