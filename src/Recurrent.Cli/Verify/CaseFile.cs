using System.Text.Json;
using System.Text.Json.Serialization;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>
/// <c>case.json</c> of a folder: a model file, what it does not say, and inputs with the outputs that they should give,
/// or a word of the message with which the file should be refused. What is not known is refused, not overlooked.
/// </summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CaseFile
{
    public const string Name = "case.json";

    private const int MostBytes = 1 << 20;

    /// <summary>The model's file.</summary>
    public required string Model { get; init; }

    /// <summary>What that file does not say; null for nothing.</summary>
    public CaseOptions? Options { get; init; }

    /// <summary>Axes of the inputs: one text for one input, an object by name for several.</summary>
    public JsonElement? Axes { get; init; }

    /// <summary>Files of the inputs by name.</summary>
    public Dictionary<string, string>? Inputs { get; init; }

    /// <summary>Files of the outputs by name.</summary>
    public Dictionary<string, string>? Outputs { get; init; }

    /// <summary>The largest absolute difference that passes.</summary>
    public double? Tolerance { get; init; }

    /// <summary>A word of the message, in the place of outputs.</summary>
    public string? Refused { get; init; }

    /// <summary>Reads the file of a folder.</summary>
    /// <exception cref="UnusableInputException">It is damaged, or does not describe a case.</exception>
    public static CaseFile Read(string folder)
    {
        string path = Path.Combine(folder, Name);
        try
        {
            using FileStream stream = File.OpenRead(path);
            if (stream.Length > MostBytes)
            {
                throw new UnusableInputException($"{Name}: expected at most {MostBytes} bytes, found {stream.Length}.");
            }

            CaseFile file = JsonSerializer.Deserialize(stream, CaseFileContext.Default.CaseFile)
                ?? throw new UnusableInputException($"{Name}: expected an object, found null.");
            file.RequireSense();
            return file;
        }
        catch (JsonException e)
        {
            throw new UnusableInputException($"{Name}: {e.Message}", e);
        }
    }

    private void RequireSense()
    {
        // Serialisers look for null where a property is, not inside of lists.
        string?[] files = [.. (Inputs ?? []).Values, .. (Outputs ?? []).Values, Model];
        foreach (string? file in files)
        {
            if (string.IsNullOrEmpty(file) || file != Path.GetFileName(file))
            {
                throw new UnusableInputException($"{Name}: expected a name without a folder, found '{file}'.");
            }
        }

        if (Options?.Modules is { } modules && modules.Any(module => module is null))
        {
            throw new UnusableInputException($"{Name}: expected names of modules, found null.");
        }

        bool isRefusal = Refused is { Length: > 0 } && Outputs is null;
        bool isComputed = Refused is null && Inputs is { Count: > 0 } && Outputs is { Count: > 0 } && Tolerance is >= 0 and < double.PositiveInfinity;
        if (!isRefusal && !isComputed)
        {
            throw new UnusableInputException(
                $"{Name}: expected inputs, outputs and a tolerance of 0 or more, or a word of a refusal and no outputs.");
        }
    }
}

/// <summary>What the model's file does not say.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
internal sealed record CaseOptions
{
    public IReadOnlyList<string>? Modules { get; init; }

    public ModelOutput? Output { get; init; }

    public SequenceLayout? Layout { get; init; }

    /// <summary>Options of an import with these in the place of others.</summary>
    public ImportOptions ApplyTo(ImportOptions options) => options with
    {
        Modules = Modules ?? options.Modules,
        Output = Output ?? options.Output,
        Layout = Layout ?? options.Layout,
    };
}

/// <summary>Serialisers without reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    RespectNullableAnnotations = true,
    Converters = [typeof(SnakeCaseEnumConverter<ModelOutput>), typeof(SnakeCaseEnumConverter<SequenceLayout>)])]
[JsonSerializable(typeof(CaseFile))]
internal sealed partial class CaseFileContext : JsonSerializerContext;
