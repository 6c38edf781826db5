using System.Diagnostics.CodeAnalysis;

namespace Recurrent.Layers;

/// <summary>
/// How the weights of a model lie in memory when it is computed. A model gives the same bits in any batch, with any number of
/// threads and on any instruction set, whatever the format: docs/numerics.md section 5 has the arithmetic, docs/weights.md
/// says when to use which. Biases, peepholes and initial states stay floats.
/// </summary>
[SuppressMessage("Naming", "CA1720", Justification = "The formats are called after the numbers that they have.")]
public enum WeightFormat
{
    /// <summary>32-bit floats: what the layers have.</summary>
    Float32 = 0,

    /// <summary>
    /// The upper halves of floats, rounded to nearest, ties to even. The outputs are those of a float model of the rounded
    /// weights.
    /// </summary>
    BFloat16 = 1,

    /// <summary>
    /// 8-bit integers with a scale for each row of a matrix. What they are multiplied with is rounded to 16-bit integers, with
    /// a scale for each row of the batch and step.
    /// </summary>
    Int8 = 2,

    /// <summary>The same weights, and what they are multiplied with rounded to 8 bits: for batches, and less accurate.</summary>
    Int8With8BitInputs = 3,
}
