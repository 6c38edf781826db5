namespace Recurrent.Cli.Weights;

/// <summary>How far the output of a layer is from that of the model of floats.</summary>
/// <param name="Layer">Index of the layer.</param>
/// <param name="SignalToNoise">Decibels; infinite where nothing differs.</param>
/// <param name="Largest">The largest absolute difference.</param>
/// <param name="LargestValue">The largest absolute value of the model of floats.</param>
internal sealed record LayerError(int Layer, double SignalToNoise, double Largest, double LargestValue);
