using Recurrent.Formats.Json;

namespace Recurrent.Formats.Keras;

/// <summary>A layer of a Keras configuration.</summary>
/// <param name="Kind">Its class.</param>
/// <param name="Name">Its name.</param>
/// <param name="Config">Its configuration.</param>
/// <param name="Inputs">The names of the layers whose outputs it takes.</param>
internal sealed record KerasLayer(string Kind, string Name, JsonValue Config, IReadOnlyList<string> Inputs)
{
    /// <summary>The class of the layers that stand for inputs.</summary>
    public const string InputKind = "InputLayer";

    public bool IsInput => Kind == InputKind;
}
