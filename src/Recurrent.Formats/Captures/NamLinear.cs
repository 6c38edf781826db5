using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Captures;

/// <summary>
/// An impulse response as a <c>.nam</c> file: a weight for each sample, that of the present one first, and a bias if the
/// configuration says so.
/// </summary>
internal static class NamLinear
{
    private static readonly string[] Known = ["receptive_field", "bias"];

    public static ImportedModel Read(JsonValue config, JsonTensor weights, LayerListBuilder layers)
    {
        NamCapture.RequireKnown(config, Known);
        int samples = config["receptive_field"].Integer(1, WindowSpecification.MaxReach);
        bool hasBias = config.Find("bias")?.Flag() ?? false;
        NamCapture.RequireCount(weights, samples + (hasBias ? 1 : 0));

        JsonNumbers numbers = weights.Open();
        float[] kernel = NamCapture.Take(ref numbers, samples);

        // A kernel begins with the oldest step.
        Array.Reverse(kernel);
        float[] bias = hasBias ? NamCapture.Take(ref numbers, 1) : [];
        layers.DeclareInput(1);
        layers.Add("impulse_response", new ConvolutionLayer(
            new ConvolutionSpecification { InputSize = 1, OutputSize = 1, KernelSize = samples, PaddingBefore = samples - 1 },
            ConvolutionWeights.Wrap(kernel, bias)));
        return layers.Build("NAM capture");
    }
}
