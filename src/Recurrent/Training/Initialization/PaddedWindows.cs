using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>Windows with a padding that has a name.</summary>
internal static class PaddedWindows
{
    /// <summary>The same windows with that padding.</summary>
    public static T With<T>(T windows, ConvolutionPadding padding)
        where T : WindowSpecification
    {
        // Before anything is computed from numbers that do not go together.
        windows.Validate(nameof(windows));
        Require.Defined(padding, nameof(padding));
        if (padding == ConvolutionPadding.Same && windows.Stride > 1 && windows.Reach > 0)
        {
            throw new ArgumentException(
                $"{nameof(padding)}: expected Causal or Valid, because with Stride {windows.Stride} that of Same depends on the "
                + "number of steps; found Same.",
                nameof(padding));
        }

        return padding switch
        {
            ConvolutionPadding.Causal => windows with { PaddingBefore = windows.Reach },
            // Of an odd number the larger half is behind, as in Keras.
            ConvolutionPadding.Same => windows with
            {
                PaddingBefore = windows.Reach / 2,
                PaddingAfter = windows.Reach - (windows.Reach / 2),
            },
            _ => windows,
        };
    }
}
