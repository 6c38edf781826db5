using System.Globalization;
using Recurrent.Formats.PyTorch.Checkpoint;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch.Pickled;

/// <summary>PyTorch's modules without parameters, as entries of a list of modules.</summary>
internal static class KnownModules
{
    // PyTorch's softplus is linear from here on, which is the same to the last bit of a float.
    private const double SoftplusThreshold = 20;

    /// <summary>The entry of a module; empty for one that does nothing at inference, null for one that is not known.</summary>
    /// <param name="module">The module.</param>
    /// <param name="isRow">Whether what it reads is a row of features for each sequence, as far as anybody has said.</param>
    public static string? Entry(ModuleFacts module, bool isRow) => module.Kind switch
    {
        "Identity" or "Dropout" or "Dropout1d" or "Dropout2d" or "AlphaDropout" or "FeatureAlphaDropout" => "",
        "Flatten" when isRow => "",
        "ReLU" => Text(Activation.Relu),
        "Tanh" => Text(Activation.Tanh),
        "Sigmoid" => Text(Activation.Sigmoid),
        "Softsign" => Text(Activation.Softsign),
        "Hardsigmoid" => Text(Activation.HardSigmoid(1f / 6)),
        "LeakyReLU" => Text(Activation.LeakyRelu(Single(module, "negative_slope", 0.01))),
        "ReLU6" => Text(Activation.Clip(0, 6)),
        "Hardtanh" => Text(Activation.Clip(Single(module, "min_val", -1), Single(module, "max_val", 1))),
        "Threshold" when module.Number("value") is 0 => Text(Activation.ThresholdedRelu(Single(module, "threshold", 0))),
        "LogSoftmax" when IsOverFeatures(module, isRow) => StructureLayers.LogSoftmax,
        "ELU" => Text(Activation.Elu(Single(module, "alpha", 1))),
        "Softplus" when module.Number("beta") is null or 1 && module.Number("threshold") is null or >= SoftplusThreshold =>
            Text(Activation.Softplus),
        "Softmax" when IsOverFeatures(module, isRow) => ModuleListItem.Softmax,
        _ => null,
    };

    private static string Text(Activation activation) => ActivationNames.Format(activation);

    private static float Single(ModuleFacts module, string name, double otherwise)
    {
        float value = (float)(module.Number(name) ?? otherwise);
        return float.IsFinite(value)
            ? value
            : throw new ModelFormatException(string.Create(
                CultureInfo.InvariantCulture, $"module {module}: {name}: expected a finite number, found {module.Number(name)}."));
    }

    // Without a dimension PyTorch takes the second of two, and the first of three.
    private static bool IsOverFeatures(ModuleFacts module, bool isRow) => module.Integer("dim") switch
    {
        -1 => true,
        null or 1 => isRow,
        2 => !isRow,
        _ => false,
    };
}
