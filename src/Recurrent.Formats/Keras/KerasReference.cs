namespace Recurrent.Formats.Keras;

/// <summary>What a layer of a Keras model outputs: a layer may be called several times, each time on something else.</summary>
/// <param name="Layer">The layer's name.</param>
/// <param name="Call">The number of the call.</param>
/// <param name="Tensor">The number of the output, of those that one call gives.</param>
internal readonly record struct KerasReference(string Layer, int Call, int Tensor = 0)
{
    public override string ToString() =>
        $"{Layer}{(Call == 0 ? "" : $", call {Call}")}{(Tensor == 0 ? "" : $", output {Tensor}")}";
}
