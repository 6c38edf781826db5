using Recurrent.Layers;

namespace Recurrent;

/// <summary>How a model is to be computed.</summary>
public sealed record ModelOptions
{
    /// <summary>Instruction set of the kernels; every one gives the same bits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public InstructionSet InstructionSet
    {
        get;
        init => field = Require.Defined(value, nameof(InstructionSet));
    } = InstructionSet.Auto;

    /// <summary>Who computes the large products; anything but the built-in one gives up the canonical bits.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public GemmProvider GemmProvider
    {
        get;
        init => field = Require.Defined(value, nameof(GemmProvider));
    }
}
