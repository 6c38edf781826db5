using Recurrent.Formats.Json;

namespace Recurrent.Formats.Keras;

/// <summary>A layer of a Keras configuration.</summary>
/// <param name="Kind">Its class.</param>
/// <param name="Name">Its name.</param>
/// <param name="Config">Its configuration.</param>
/// <param name="ResidualFrom">
/// For an <c>Add</c>: the earlier layer whose output is added to that of the layer before. Null for others.
/// </param>
internal sealed record KerasLayer(string Kind, string Name, JsonValue Config, string? ResidualFrom = null);
