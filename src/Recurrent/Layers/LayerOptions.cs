namespace Recurrent.Layers;

/// <summary>How one layer of a model is to be computed, where that differs from the model's options.</summary>
/// <remarks>
/// Recurrent layers, dense layers and convolutions have weights that can take a format; naming one for any other layer is
/// refused. What names none has the model's format in a recurrent layer, and floats in a dense layer or a convolution.
/// </remarks>
public sealed record LayerOptions
{
    /// <summary>
    /// The format of all matrices of the layer, those of both directions and the projection; null for the default.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public WeightFormat? Weights
    {
        get;
        init => field = Checked(value, nameof(Weights));
    }

    /// <summary>
    /// The format of the input weights, so that raw features may stay floats; null for the value of
    /// <see cref="Weights"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public WeightFormat? InputWeights
    {
        get;
        init => field = Checked(value, nameof(InputWeights));
    }

    /// <summary>
    /// The format of the recurrent weights and the projection of a recurrent layer; null for the value of <see cref="Weights"/>.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is not defined.</exception>
    public WeightFormat? RecurrentWeights
    {
        get;
        init => field = Checked(value, nameof(RecurrentWeights));
    }

    private static WeightFormat? Checked(WeightFormat? format, string argument) =>
        format is { } given ? Require.Defined(given, argument) : null;
}
