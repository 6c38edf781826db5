using Recurrent.Layers;

namespace Recurrent.Cli.Weights;

/// <summary>Names of weight formats on a command line.</summary>
internal static class WeightFormatNames
{
    private static readonly (WeightFormat Format, string Name)[] Known =
    [
        (WeightFormat.Float32, "float32"), (WeightFormat.BFloat16, "bfloat16"), (WeightFormat.Int8, "int8"),
        (WeightFormat.Int8With8BitInputs, "int8-8bit"),
    ];

    /// <summary>All names.</summary>
    public static string[] All => [.. Known.Select(known => known.Name)];

    public static string Of(WeightFormat format) => Known.First(known => known.Format == format).Name;

    public static WeightFormat Parse(string name) => Known.First(known => known.Name == name).Format;
}
