using System.Text.Json;
using System.Text.Json.Serialization;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>
/// <c>index.json</c> of a golden folder: what each case is. Fields that verification does not need are left out.
/// </summary>
internal sealed record GoldenIndex
{
    public required IReadOnlyList<GoldenIndexEntry> Cases { get; init; }

    public IReadOnlyList<JsonElement>? Degenerate { get; init; }
}

/// <summary>One case of an index, in the terms of <c>nn.RNN</c>, <c>nn.LSTM</c> and <c>nn.GRU</c>.</summary>
internal sealed record GoldenIndexEntry
{
    public required string Id { get; init; }

    public required string File { get; init; }

    public required string Kind { get; init; }

    public required int InputSize { get; init; }

    public required int HiddenSize { get; init; }

    public required int NumLayers { get; init; }

    public required bool Bidirectional { get; init; }

    public required bool Bias { get; init; }

    public required int ProjSize { get; init; }

    public required bool BatchFirst { get; init; }

    public required bool Unbatched { get; init; }

    [JsonPropertyName("T")]
    public required int Time { get; init; }

    [JsonPropertyName("B")]
    public required int Batch { get; init; }

    public int[]? Lengths { get; init; }

    /// <summary>PyTorch's own float32 error against its float64 run, by tensor: largest error, largest value.</summary>
    public required IReadOnlyDictionary<string, double[]> F32Err { get; init; }

    /// <summary>Whether the case's file has gradients.</summary>
    public bool Gradients { get; init; }

    /// <summary>What PyTorch has no name for; null in PyTorch's own cases.</summary>
    public GoldenVariant? Variant { get; init; }
}

/// <summary>How a case differs from what PyTorch's modules can express. A field that is not known is refused.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record GoldenVariant
{
    /// <summary>
    /// True for a layer that runs from the end only; its parameters have the names of the forward direction.
    /// </summary>
    public bool Reverse { get; init; }

    /// <summary>True for a GRU whose reset gate applies before the recurrent product.</summary>
    public bool ResetBefore { get; init; }

    public GateCoupling Coupling { get; init; }

    public OutputPeephole OutputPeephole { get; init; }

    public float Clip { get; init; }

    public GoldenActivations? Activations { get; init; }

    public GoldenActivations? ReverseActivations { get; init; }

    public EmptyRow EmptyRow { get; init; }
}

/// <summary>Activations by role; null for the cell's default.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record GoldenActivations
{
    public GoldenActivation? Gate { get; init; }

    public GoldenActivation? Candidate { get; init; }

    public GoldenActivation? Output { get; init; }
}

/// <summary>One activation and its parameters.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record GoldenActivation
{
    public required ActivationKind Kind { get; init; }

    public float Alpha { get; init; }

    public float Beta { get; init; }

    public Activation ToActivation() => new(Kind, Alpha, Beta);
}

/// <summary>Serialisers without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
    Converters =
    [
        typeof(SnakeCaseEnumConverter<GateCoupling>),
        typeof(SnakeCaseEnumConverter<OutputPeephole>),
        typeof(SnakeCaseEnumConverter<EmptyRow>),
        typeof(SnakeCaseEnumConverter<ActivationKind>),
    ])]
[JsonSerializable(typeof(GoldenIndex))]
internal sealed partial class GoldenIndexContext : JsonSerializerContext;

/// <summary>Enumerators as in <c>forget_from_input</c>; numbers are refused.</summary>
internal sealed class SnakeCaseEnumConverter<TEnum>()
    : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.SnakeCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;
