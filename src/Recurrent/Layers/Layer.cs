namespace Recurrent.Layers;

/// <summary>A specification with weights that fit it: what models are made of. Immutable.</summary>
public abstract class Layer
{
    private protected Layer()
    {
    }

    /// <summary>What the layer is.</summary>
    public abstract LayerSpecification Specification { get; }

    /// <summary>What it is, in a sentence: <c>a ConvolutionLayer</c>.</summary>
    internal string Kind => $"{("AEIOU".Contains(GetType().Name[0], StringComparison.Ordinal) ? "an" : "a")} {GetType().Name}";
}
