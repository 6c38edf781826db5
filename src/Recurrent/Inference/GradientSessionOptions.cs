using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <summary>How a model is to be trained.</summary>
public sealed record GradientSessionOptions
{
    /// <summary>Instruction set of the kernels. Outputs do not depend on it; gradients do, in their last bits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public InstructionSet InstructionSet
    {
        get;
        init => field = Require.Defined(value, nameof(InstructionSet));
    } = InstructionSet.Auto;

    /// <summary>
    /// Who computes the large products; with the built-in one results are the same from run to run and for any number of
    /// threads.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public GemmProvider GemmProvider
    {
        get;
        init => field = Require.Defined(value, nameof(GemmProvider));
    }

    /// <summary>Threads that share the work of one call, the caller's included, 1 to 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public int Threads
    {
        get;
        init => field = Require.Within(value, 1, NativeConstants.MaxThreads, nameof(Threads));
    } = 1;

    /// <summary>
    /// Rates of dropout of each layer, used by forward passes that have a seed; empty for none. Layer 0 has none in front
    /// of it if it is an embedding.
    /// </summary>
    public IReadOnlyList<LayerDropout> Dropout { get; init; } = [];
}
