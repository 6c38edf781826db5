namespace Recurrent;

/// <summary>
/// What a saved state belongs to. The numbers are the same on every machine, and for the same weights from any file format.
/// </summary>
/// <param name="Layout">Of what the state is: the layers with states, in order, with their sizes.</param>
/// <param name="Model">Of the layers and their weights, numbers below the normal ones as 0, as they are computed with.</param>
/// <param name="WeightFormat">Of the format of the weights, which changes the bits that follow.</param>
public readonly record struct StateFingerprints(ulong Layout, ulong Model, ulong WeightFormat);
