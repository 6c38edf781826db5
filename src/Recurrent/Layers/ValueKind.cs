namespace Recurrent.Layers;

/// <summary>What a value of a model is: an input, or what a layer puts out.</summary>
public enum ValueKind
{
    /// <summary>Features of every step: <c>[time, batch, features]</c>, or as the layout says.</summary>
    Sequence = 0,

    /// <summary>Features of a row of the batch, the same at every step: <c>[batch, features]</c>.</summary>
    Row = 1,

    /// <summary>An index of every step, for an embedding: <c>[time, batch]</c>, or as the layout says.</summary>
    Indices = 2,
}
