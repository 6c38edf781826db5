using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The steps that a window of a convolution or a pooling layer is made of, the oldest first.</summary>
internal static class StepWindow
{
    /// <summary>The step that a place of a window stands for; below 0 or not below the row's length for the padding.</summary>
    /// <param name="specification">The layer.</param>
    /// <param name="window">The window: the step that it outputs.</param>
    /// <param name="place">The place, 0 to <c>KernelSize - 1</c>.</param>
    public static long Step(WindowSpecification specification, int window, int place) =>
        ((long)window * specification.Stride) + ((long)place * specification.Dilation) - specification.PaddingBefore;
}
