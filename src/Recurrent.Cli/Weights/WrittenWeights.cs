using Recurrent.Layers;

namespace Recurrent.Cli.Weights;

/// <summary>What a file of floats holds of a model whose weights have a format.</summary>
internal static class WrittenWeights
{
    /// <summary>What a user should know of such a file.</summary>
    public static string Note(WeightFormat format) =>
        $"the weights of recurrent layers are rounded to {WeightFormatNames.Of(format)} and written as float32; run with --weights "
        + $"{WeightFormatNames.Of(format)} the file gives the same bits as the model that was not rounded.";
}
