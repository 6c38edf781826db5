using System.Collections.Frozen;
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

    /// <summary>
    /// The format of the weights of recurrent layers; all others have floats, unless <see cref="Layers"/> names them. With
    /// another format than floats the built-in product is the only provider.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public WeightFormat Weights
    {
        get;
        init => field = Require.Defined(value, nameof(Weights));
    }

    /// <summary>Of layers, by their index, what differs from the model; empty for nothing. It is copied.</summary>
    /// <exception cref="ArgumentNullException">The value is null.</exception>
    public IReadOnlyDictionary<int, LayerOptions> Layers
    {
        get;
        init => field = (value ?? throw new ArgumentNullException(nameof(Layers))).ToFrozenDictionary();
    } = LayerFormats.NoOptions;
}
