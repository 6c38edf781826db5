namespace Recurrent.Training;

/// <summary>The initializers that Keras and PyTorch have, by Keras's names.</summary>
public static class Initializers
{
    /// <summary>0.</summary>
    public static Initializer Zeros { get; } = Constant(0);

    /// <summary>1.</summary>
    public static Initializer Ones { get; } = Constant(1);

    /// <summary>Uniform in <c>±sqrt(6 / (inputs + outputs))</c> (Glorot &amp; Bengio 2010).</summary>
    public static Initializer GlorotUniform { get; } =
        new UniformInitializer(shape => Math.Sqrt(6.0 / ((double)shape.FanOut + shape.Columns)));

    /// <summary>Truncated normal of the variance <c>2 / (inputs + outputs)</c> (Glorot &amp; Bengio 2010).</summary>
    public static Initializer GlorotNormal { get; } =
        new TruncatedNormalInitializer(shape => Math.Sqrt(2.0 / ((double)shape.FanOut + shape.Columns)));

    /// <summary>Uniform in <c>±sqrt(6 / inputs)</c> (He et al. 2015).</summary>
    public static Initializer HeUniform { get; } = new UniformInitializer(shape => Math.Sqrt(6.0 / shape.Columns));

    /// <summary>Truncated normal of the variance <c>2 / inputs</c> (He et al. 2015).</summary>
    public static Initializer HeNormal { get; } =
        new TruncatedNormalInitializer(shape => Math.Sqrt(2.0 / shape.Columns));

    /// <summary>Uniform in <c>±1 / sqrt(fan)</c>: what PyTorch's recurrent and linear modules have.</summary>
    public static Initializer PyTorchUniform { get; } = new UniformInitializer(shape => 1 / Math.Sqrt(shape.Fan));

    /// <summary>Orthonormal columns, or rows where there are fewer of them (Saxe et al. 2014).</summary>
    /// <param name="gain">Factor.</param>
    /// <returns>The initializer.</returns>
    public static Initializer Orthogonal(double gain = 1) => new OrthogonalInitializer(gain);

    /// <summary>Uniform in <c>±bound</c>.</summary>
    /// <param name="bound">The bound.</param>
    /// <returns>The initializer.</returns>
    public static Initializer Uniform(double bound = 0.05) => new UniformInitializer(_ => bound);

    /// <summary>The same value everywhere.</summary>
    /// <param name="value">The value.</param>
    /// <returns>The initializer.</returns>
    public static Initializer Constant(float value) => new ConstantInitializer(value);
}
