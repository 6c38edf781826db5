namespace Recurrent.Layers;

/// <summary>A value of a model that is put out under a name.</summary>
/// <param name="Name">Its name, by which calls ask for it; not empty.</param>
/// <param name="Value">The number of the value: that of a layer, <c>inputs + index</c>.</param>
public sealed record NamedOutput(string Name, int Value);
