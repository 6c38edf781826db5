namespace Recurrent.Layers;

/// <summary>An input of a model: its name, and what it takes.</summary>
/// <param name="Name">Its name, by which calls give it; not empty.</param>
/// <param name="Kind">Whether it is a sequence of features, features of a row, or a sequence of indices.</param>
/// <param name="Size">Features; of indices, how many there are (the vocabulary). 1 to
/// <see cref="LayerSpecification.MaxSize"/>.</param>
public sealed record ModelInput(string Name, ValueKind Kind, int Size)
{
    /// <summary>A sequence of features.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="size">Features of a step.</param>
    /// <returns>The input.</returns>
    public static ModelInput Sequence(string name, int size) => new(name, ValueKind.Sequence, size);

    /// <summary>Features of a row, the same at every step.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="size">Features of a row.</param>
    /// <returns>The input.</returns>
    public static ModelInput Row(string name, int size) => new(name, ValueKind.Row, size);

    /// <summary>A sequence of indices, for an embedding.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="vocabularySize">Indices are from 0 to this number less 1.</param>
    /// <returns>The input.</returns>
    public static ModelInput Indices(string name, int vocabularySize) => new(name, ValueKind.Indices, vocabularySize);
}
