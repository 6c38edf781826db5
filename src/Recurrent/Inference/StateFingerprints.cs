using Recurrent.Layers;

namespace Recurrent;

/// <summary>
/// What a saved state belongs to. The numbers are the same on every machine, and for the same weights from any file format.
/// </summary>
/// <remarks>
/// They tell models apart that anybody would have by accident; somebody who wants to can make two models of the same numbers.
/// docs/serving.md has the bytes that they are made of.
/// </remarks>
/// <param name="Layout">Of what the state is: the layers with states, in order, with their sizes.</param>
/// <param name="Model">Of the layers and their weights, numbers below the normal ones as 0, as they are computed with.</param>
/// <param name="WeightFormat">Of the format of the weights, which changes the bits that follow.</param>
public readonly record struct StateFingerprints(ulong Layout, ulong Model, ulong WeightFormat)
{
    /// <summary>
    /// The fingerprints that a <see cref="RecurrentModel"/> of a definition has. Reads all weights once, and needs no native
    /// library.
    /// </summary>
    /// <param name="definition">The model.</param>
    /// <param name="options">
    /// How it is computed, of which only the formats of weights matter; null for the defaults.
    /// </param>
    /// <returns>The fingerprints.</returns>
    /// <exception cref="ArgumentNullException">The definition is null.</exception>
    /// <exception cref="ArgumentException">The options name a layer that takes no format of weights.</exception>
    public static StateFingerprints Of(ModelDefinition definition, ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        using ModelDescription description = new(definition.Graph, options ?? new ModelOptions());
        return description.Fingerprints();
    }
}
