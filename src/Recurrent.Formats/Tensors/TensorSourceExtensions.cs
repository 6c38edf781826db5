namespace Recurrent.Formats.Tensors;

/// <summary>What can be asked of any source of tensors.</summary>
internal static class TensorSourceExtensions
{
    /// <summary>A tensor that has to be there.</summary>
    public static Tensor Require(this ITensorSource source, string name) =>
        source.Find(name) ?? throw new ModelFormatException($"tensor '{name}' is missing.");

    public static bool Has(this ITensorSource source, string name) => source.Find(name) is not null;
}
