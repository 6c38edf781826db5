using Recurrent.Formats.Json;

namespace Recurrent.Formats.Keras;

/// <summary>A layer of a Keras configuration, at one of the places where it is called.</summary>
/// <param name="Kind">Its class.</param>
/// <param name="Name">Its name.</param>
/// <param name="Config">Its configuration.</param>
/// <param name="Inputs">What it takes.</param>
internal sealed record KerasLayer(string Kind, string Name, JsonValue Config, IReadOnlyList<KerasReference> Inputs)
{
    /// <summary>The class of the layers that stand for inputs.</summary>
    public const string InputKind = "InputLayer";

    public bool IsInput => Kind == InputKind;

    /// <summary>Whether it is inside of <c>TimeDistributed</c>, which has a model, and sees one step.</summary>
    public bool IsPerStep { get; init; }

    /// <summary>The model that it is, or that <c>TimeDistributed</c> has inside; null if it is a layer like others.</summary>
    public KerasNetwork? Model { get; init; }

    /// <summary>Number of the call.</summary>
    public int Call { get; init; }

    /// <summary>What it outputs.</summary>
    public KerasReference Output => new(Name, Call);
}
