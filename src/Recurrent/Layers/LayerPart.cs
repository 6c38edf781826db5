namespace Recurrent.Layers;

/// <summary>A matrix or vector among a layer's weights.</summary>
/// <param name="Direction">Forward or Reverse.</param>
/// <param name="Role">What it is.</param>
/// <param name="Rows">Rows; 1 for a vector.</param>
/// <param name="Columns">Columns.</param>
/// <param name="Values">Row-major.</param>
internal readonly record struct LayerPart(
    Direction Direction, ParameterRole Role, int Rows, int Columns, ReadOnlyMemory<float> Values);
