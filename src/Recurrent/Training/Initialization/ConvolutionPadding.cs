namespace Recurrent.Training;

/// <summary>Padding of the windows of a convolution or a pooling layer, by Keras's names.</summary>
public enum ConvolutionPadding
{
    /// <summary>
    /// Before the first step alone, so that no step sees one behind it. Without a stride a convolution can then be stepped.
    /// </summary>
    Causal = 0,

    /// <summary>Before and behind, so that there are as many steps as are read. Not with a stride.</summary>
    Same = 1,

    /// <summary>None: there are fewer steps.</summary>
    Valid = 2,
}
