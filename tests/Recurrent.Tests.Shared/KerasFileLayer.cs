namespace Recurrent.Tests.Shared;

/// <summary>A layer of a Keras configuration.</summary>
/// <param name="Kind">Its class.</param>
/// <param name="Name">Its name.</param>
/// <param name="Layers">The layers of the model that it is, or that <c>TimeDistributed</c> has inside; null if it is none.</param>
internal sealed record KerasFileLayer(string Kind, string Name, IReadOnlyList<KerasFileLayer>? Layers);
