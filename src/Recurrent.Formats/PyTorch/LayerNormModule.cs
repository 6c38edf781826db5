using System.Globalization;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// An <c>nn.LayerNorm</c>, if a list of modules says so: <c>norm(layer_norm)</c>, <c>norm(layer_norm,0.001)</c>. Other modules
/// have parameters of the same shape.
/// </summary>
internal sealed class LayerNormModule : PyTorchModule
{
    public const string ArgumentName = "layer_norm";

    private const float DefaultEpsilon = 1e-5f;

    private readonly int _size;

    private LayerNormModule(ITensorSource source, string prefix, int size)
        : base(source, prefix)
    {
        _size = size;
    }

    public override string Kind => "nn.LayerNorm";

    public override int InputSize => _size;

    public override int OutputSize => _size;

    public override string? Unsaid =>
        $"whether it is an nn.LayerNorm, as '{Name}({ArgumentName})' says, or another module with such parameters";

    public static LayerNormModule Specify(ITensorSource source, string prefix)
    {
        Tensor tensor = source.Require(prefix + (source.Has(prefix + "weight") ? "weight" : "bias"));
        return tensor.Shape is [>= 1 and <= LayerSpecification.MaxSize and long size]
            ? new LayerNormModule(source, prefix, (int)size)
            : throw ModuleParameters.WrongShape(tensor, $"[1 to {LayerSpecification.MaxSize}]");
    }

    public override IEnumerable<string> KnownParameters() => [Prefix + "weight", Prefix + "bias"];

    /// <summary>The entry of a layer in a list of modules.</summary>
    public static ModuleListEntry EntryOf(string name, float epsilon) =>
        new(name, string.Create(CultureInfo.InvariantCulture, $"{ArgumentName},{epsilon}"));

    public override IReadOnlyList<Layer> Read(ModuleListEntry entry, PyTorchImport import)
    {
        var specification = new LayerNormalizationSpecification { InputSize = _size, Epsilon = Epsilon(entry, import) };
        return
        [
            new LayerNormalizationLayer(
                specification,
                ModuleParameters.ReadOptional(Source, Prefix + "weight", _size),
                ModuleParameters.ReadOptional(Source, Prefix + "bias", _size)),
        ];
    }

    private float Epsilon(ModuleListEntry entry, PyTorchImport import)
    {
        string[] parts = entry.Argument?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        if (parts is [ArgumentName])
        {
            import.Assume(Name, $"its eps is 1e-5; '{Name}({ArgumentName},0.001)' says otherwise");
            return DefaultEpsilon;
        }

        return parts is [ArgumentName, var number]
            && float.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out float epsilon)
            && float.IsFinite(epsilon) && epsilon >= 0
                ? epsilon
                : throw new ModelFormatException(
                    $"module '{Name}': expected '{Name}({ArgumentName})' for an nn.LayerNorm, perhaps with its eps, "
                    + $"'{Name}({ArgumentName},0.001)'; found '{entry}'.");
    }
}
