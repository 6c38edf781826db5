using Recurrent.Layers;

namespace Recurrent.Cli.Inspect;

/// <summary>The windows of a convolution or a pooling layer, for people.</summary>
internal static class WindowDetails
{
    /// <summary>Their size, and what is out of the ordinary.</summary>
    public static IEnumerable<string> Of(Layer layer, WindowSpecification windows)
    {
        yield return windows.KernelSize == 1 ? "1 step" : $"{windows.KernelSize} steps";
        if (windows.Dilation > 1)
        {
            yield return $"dilation {windows.Dilation}";
        }

        if (windows.Stride > 1)
        {
            yield return $"stride {windows.Stride}";
        }

        if (windows is ConvolutionSpecification { Groups: > 1 and var groups })
        {
            yield return $"{groups} groups";
        }

        bool isCausal = windows is ConvolutionSpecification { IsCausal: true };
        if (!isCausal && windows.PaddingBefore + windows.PaddingAfter > 0)
        {
            yield return $"padding {windows.PaddingBefore} and {windows.PaddingAfter}";
        }

        if (windows is AveragePoolingSpecification { CountsPadding: true })
        {
            yield return "counts the padding";
        }

        if (layer is ConvolutionLayer { Weights: var weights })
        {
            if (weights.Bias.IsEmpty)
            {
                yield return "no bias";
            }

            if (!weights.InitialHistory.IsEmpty)
            {
                yield return "trained initial history";
            }
        }
    }
}
