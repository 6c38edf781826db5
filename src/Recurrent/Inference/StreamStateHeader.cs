namespace Recurrent;

/// <summary>What the bytes of a state say of it, without the model that it is of.</summary>
/// <param name="Fingerprints">What it belongs to.</param>
/// <param name="Sequence">How many steps are behind it, 0 or more.</param>
/// <param name="StateSize">Floats of state.</param>
public readonly record struct StreamStateHeader(StateFingerprints Fingerprints, long Sequence, int StateSize);
