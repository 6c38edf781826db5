namespace Recurrent.Formats.Keras;

/// <summary>What a layer of a Keras model outputs: a layer may be called several times, each time on something else.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="Call">The number of the call.</param>
internal readonly record struct KerasReference(string Layer, int Call)
{
    public override string ToString() => Call == 0 ? Layer : $"{Layer}, call {Call}";
}
