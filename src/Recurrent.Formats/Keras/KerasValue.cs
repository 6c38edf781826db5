namespace Recurrent.Formats.Keras;

/// <summary>What a layer of a Keras model puts out.</summary>
/// <param name="Number">The number of the value in the model in the making.</param>
/// <param name="Layers">Layers that there are up to here; 0 for an input.</param>
/// <param name="Position">What has become of the steps.</param>
internal readonly record struct KerasValue(int Number, int Layers, KerasPosition Position);
