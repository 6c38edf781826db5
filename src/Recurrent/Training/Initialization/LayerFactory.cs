using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>New layers with drawn parameters, by default as Keras draws them.</summary>
public static class LayerFactory
{
    /// <summary>A long short-term memory with Keras's defaults.</summary>
    /// <param name="inputSize">Features of an input step.</param>
    /// <param name="hiddenSize">Hidden units.</param>
    /// <param name="random">Where the parameters come from.</param>
    /// <returns>The layer.</returns>
    public static RecurrentLayer Lstm(int inputSize, int hiddenSize, SeededRandom random) =>
        Create(new LstmSpecification { InputSize = inputSize, HiddenSize = hiddenSize }, random);

    /// <summary>A gated recurrent unit with Keras's defaults: reset-after, two biases.</summary>
    /// <param name="inputSize">Features of an input step.</param>
    /// <param name="hiddenSize">Hidden units.</param>
    /// <param name="random">Where the parameters come from.</param>
    /// <returns>The layer.</returns>
    public static RecurrentLayer Gru(int inputSize, int hiddenSize, SeededRandom random) =>
        Create(new GruSpecification { InputSize = inputSize, HiddenSize = hiddenSize }, random);

    /// <summary>A simple recurrent layer with Keras's defaults: tanh.</summary>
    /// <param name="inputSize">Features of an input step.</param>
    /// <param name="hiddenSize">Hidden units.</param>
    /// <param name="random">Where the parameters come from.</param>
    /// <returns>The layer.</returns>
    public static RecurrentLayer SimpleRnn(int inputSize, int hiddenSize, SeededRandom random) =>
        Create(new SimpleRnnSpecification { InputSize = inputSize, HiddenSize = hiddenSize }, random);

    /// <summary>Any recurrent layer.</summary>
    /// <param name="specification">What it is.</param>
    /// <param name="random">Where the parameters come from.</param>
    /// <param name="initialization">How they are drawn; null for Keras's defaults.</param>
    /// <returns>The layer; a reverse direction is drawn after the forward one.</returns>
    /// <exception cref="ArgumentNullException">The specification or the generator is null.</exception>
    /// <exception cref="ArgumentException">The specification contradicts itself.</exception>
    public static RecurrentLayer Create(
        RecurrentSpecification specification, SeededRandom random, LayerInitialization? initialization = null)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(random);
        specification.Validate(nameof(specification));
        var directions = new CellWeights[specification.DirectionCount];
        for (int i = 0; i < directions.Length; i++)
        {
            directions[i] = Weights(specification, random, initialization ?? LayerInitialization.Keras);
        }

        return new RecurrentLayer(specification, directions);
    }

    /// <summary>A dense layer.</summary>
    /// <param name="inputSize">Features of an input step.</param>
    /// <param name="outputSize">Features of an output step.</param>
    /// <param name="random">Where the parameters come from.</param>
    /// <param name="activation">Its activation; null for none.</param>
    /// <param name="initialization">How the parameters are drawn; null for Keras's defaults.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="ArgumentNullException">The generator is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    public static DenseLayer Dense(
        int inputSize,
        int outputSize,
        SeededRandom random,
        Activation? activation = null,
        LayerInitialization? initialization = null)
    {
        ArgumentNullException.ThrowIfNull(random);
        LayerInitialization how = initialization ?? LayerInitialization.Keras;
        DenseSpecification specification = new()
        {
            InputSize = inputSize,
            OutputSize = outputSize,
            Activation = activation ?? Activation.Identity,
        };
        float[] kernel = Draw(how.Kernel, outputSize, inputSize, inputSize, random);
        float[] bias = Draw(how.Bias, 1, outputSize, inputSize, random);
        return new DenseLayer(specification, DenseWeights.Wrap(kernel, bias));
    }

    /// <summary>A convolution over time.</summary>
    /// <param name="specification">What it is.</param>
    /// <param name="random">Where the parameters come from.</param>
    /// <param name="initialization">How they are drawn; null for Keras's defaults.</param>
    /// <returns>The layer; the history of a causal one is 0 and no parameter.</returns>
    /// <exception cref="ArgumentNullException">The specification or the generator is null.</exception>
    /// <exception cref="ArgumentException">The specification contradicts itself.</exception>
    public static ConvolutionLayer Create(
        ConvolutionSpecification specification, SeededRandom random, LayerInitialization? initialization = null)
    {
        ArgumentNullException.ThrowIfNull(specification);
        ArgumentNullException.ThrowIfNull(random);
        specification.Validate(nameof(specification));
        LayerInitialization how = initialization ?? LayerInitialization.Keras;
        int columns = specification.RowLength;
        float[] kernel = new float[specification.OutputSize * columns];
        how.Kernel.Fill(
            kernel,
            new InitializerShape(specification.OutputSize, columns, columns)
            {
                FanOut = (long)specification.KernelSize * specification.OutputSize,
            },
            random);
        float[] bias = Draw(how.Bias, 1, specification.OutputSize, columns, random);
        return new ConvolutionLayer(specification, ConvolutionWeights.Wrap(kernel, bias));
    }

    /// <summary>A layer normalization with factors of 1 and offsets of 0, to be trained.</summary>
    /// <param name="size">Features of a step.</param>
    /// <param name="epsilon">What is added to the variance: Keras has 1e-3, PyTorch 1e-5.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    public static LayerNormalizationLayer LayerNormalization(int size, float epsilon = 1e-3f)
    {
        LayerNormalizationSpecification specification = new() { InputSize = size, Epsilon = epsilon };
        float[] factors = new float[size];
        Array.Fill(factors, 1);
        return new LayerNormalizationLayer(specification, factors, new float[size]);
    }

    /// <summary>An embedding.</summary>
    /// <param name="vocabularySize">Indices that it knows.</param>
    /// <param name="outputSize">Features of an output step.</param>
    /// <param name="random">Where the table comes from.</param>
    /// <param name="initialization">How it is drawn; null for Keras's default.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="ArgumentNullException">The generator is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A size is out of range.</exception>
    public static EmbeddingLayer Embedding(
        int vocabularySize, int outputSize, SeededRandom random, LayerInitialization? initialization = null)
    {
        ArgumentNullException.ThrowIfNull(random);
        EmbeddingSpecification specification = new() { InputSize = vocabularySize, OutputSize = outputSize };
        Initializer how = (initialization ?? LayerInitialization.Keras).Embedding;
        return EmbeddingLayer.Wrap(specification, Draw(how, vocabularySize, outputSize, outputSize, random));
    }

    private static CellWeights Weights(
        RecurrentSpecification specification, SeededRandom random, LayerInitialization how)
    {
        int hidden = specification.HiddenSize;
        int rows = specification.GateCount * hidden;
        float[] input = Draw(how.Kernel, rows, specification.InputSize, hidden, random);
        float[] state = Draw(how.Recurrent, rows, specification.StateSize, hidden, random);
        float[] inputBias = Draw(how.Bias, 1, rows, hidden, random);
        bool needsBoth = how.RecurrentBias || specification is GruSpecification { ResetAfter: true };
        float[] recurrentBias = needsBoth ? Draw(how.Bias, 1, rows, hidden, random) : [];
        if (how.UnitForgetBias && inputBias.Length > 0 && specification is LstmSpecification)
        {
            foreach (ref float bias in inputBias.AsSpan(hidden, hidden))
            {
                bias += 1;
            }
        }

        float[] projection = specification is LstmSpecification { ProjectionSize: > 0 } lstm
            ? Draw(how.Kernel, lstm.ProjectionSize, hidden, hidden, random)
            : [];
        return CellWeights.Wrap(input, state, inputBias, recurrentBias, projection: projection);
    }

    private static float[] Draw(Initializer? how, int rows, int columns, int fan, SeededRandom random)
    {
        if (how is null)
        {
            return [];
        }

        var values = new float[Require.Elements(rows, columns, "[rows, columns]", nameof(rows))];
        how.Fill(values, new InitializerShape(rows, columns, fan), random);
        return values;
    }
}
