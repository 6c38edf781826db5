namespace Recurrent.Layers;

/// <summary>
/// A matrix or vector among a model's parameters, which lie one after the other: layers in order, in each the forward
/// direction before the reverse one, in each by <see cref="ParameterRole"/>; what a layer does not have is left out.
/// </summary>
/// <param name="Layer">Index of the layer.</param>
/// <param name="Direction">Forward or Reverse.</param>
/// <param name="Role">What it is.</param>
/// <param name="Offset">Parameters before it.</param>
/// <param name="Rows">Rows; 1 for a vector.</param>
/// <param name="Columns">Columns.</param>
public sealed record ParameterBlock(
    int Layer, Direction Direction, ParameterRole Role, int Offset, int Rows, int Columns)
{
    /// <summary>Number of parameters.</summary>
    public int Length => Rows * Columns;
}
