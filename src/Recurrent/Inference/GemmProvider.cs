namespace Recurrent;

/// <summary>Who multiplies the input weights of a whole chunk of a sequence.</summary>
public enum GemmProvider
{
    /// <summary>This library; canonical bits.</summary>
    BuiltIn = 0,

    /// <summary>Intel MKL; its summation order, so results vary in the last bits with shape, CPU and version.</summary>
    Mkl = 1,

    /// <summary>Whichever of the two was measured faster on this machine when the model was created.</summary>
    Auto = 2,
}
