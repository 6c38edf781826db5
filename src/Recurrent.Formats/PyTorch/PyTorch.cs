using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>
/// Layers from the parameters of PyTorch modules, as <c>state_dict()</c> names them. Sizes, number of layers,
/// directions, biases and projection follow from the parameters' names and shapes.
/// </summary>
public static class PyTorch
{
    private static readonly string[] ParameterNames = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", "weight_hr"];

    /// <summary>The layers of an <c>nn.LSTM</c>, projections (<c>proj_size</c>) included.</summary>
    /// <param name="file">The file that holds its parameters.</param>
    /// <param name="module">
    /// The module's name, so that <c>"lstm"</c> takes <c>lstm.weight_ih_l0</c>; empty for none.
    /// </param>
    /// <returns>The layers, from the input to the output.</returns>
    /// <exception cref="ModelFormatException">
    /// A parameter is missing, of the wrong shape or type, or one too many.
    /// </exception>
    public static IReadOnlyList<RecurrentLayer> Lstm(SafetensorsFile file, string module = "") =>
        ReadStack(file, module, static sizes => new LstmSpecification
        {
            InputSize = sizes.Input,
            HiddenSize = sizes.Hidden,
            ProjectionSize = sizes.Projection,
            Direction = sizes.Direction,
        }, gateCount: 4);

    /// <summary>The layers of an <c>nn.GRU</c>.</summary>
    /// <param name="file">The file that holds its parameters.</param>
    /// <param name="module">
    /// The module's name, so that <c>"gru"</c> takes <c>gru.weight_ih_l0</c>; empty for none.
    /// </param>
    /// <returns>The layers, from the input to the output.</returns>
    /// <exception cref="ModelFormatException">
    /// A parameter is missing, of the wrong shape or type, or one too many.
    /// </exception>
    public static IReadOnlyList<RecurrentLayer> Gru(SafetensorsFile file, string module = "") =>
        ReadStack(file, module, static sizes => new GruSpecification
        {
            InputSize = sizes.Input,
            HiddenSize = sizes.Hidden,
            Direction = sizes.Direction,
        }, gateCount: 3);

    /// <summary>The layers of an <c>nn.RNN</c>.</summary>
    /// <param name="file">The file that holds its parameters.</param>
    /// <param name="module">
    /// The module's name, so that <c>"rnn"</c> takes <c>rnn.weight_ih_l0</c>; empty for none.
    /// </param>
    /// <param name="activation">
    /// Its <c>nonlinearity</c>, which the parameters do not tell; null for <c>tanh</c>.
    /// </param>
    /// <returns>The layers, from the input to the output.</returns>
    /// <exception cref="ModelFormatException">
    /// A parameter is missing, of the wrong shape or type, or one too many.
    /// </exception>
    public static IReadOnlyList<RecurrentLayer> Rnn(
        SafetensorsFile file, string module = "", Activation? activation = null) =>
        ReadStack(file, module, sizes => new SimpleRnnSpecification
        {
            InputSize = sizes.Input,
            HiddenSize = sizes.Hidden,
            Direction = sizes.Direction,
            Activation = activation ?? Activation.Tanh,
        }, gateCount: 1);

    /// <summary>The layer of an <c>nn.Linear</c>, and the activation behind it.</summary>
    /// <param name="file">The file that holds its parameters.</param>
    /// <param name="module">
    /// The module's name, so that <c>"dense"</c> takes <c>dense.weight</c>; empty for none.
    /// </param>
    /// <param name="activation">What is applied to its output; null for nothing.</param>
    /// <returns>The layer.</returns>
    /// <exception cref="ModelFormatException">A parameter is missing, or of the wrong shape or type.</exception>
    public static DenseLayer Linear(SafetensorsFile file, string module = "", Activation? activation = null)
    {
        ArgumentNullException.ThrowIfNull(file);
        string prefix = Prefix(module);
        (int outputSize, int inputSize) = MatrixSizes(file[prefix + "weight"]);
        var specification = new DenseSpecification
        {
            InputSize = inputSize,
            OutputSize = outputSize,
            Activation = activation ?? Activation.Identity,
        };
        var weights = new DenseWeights(
            Read(file, prefix + "weight", outputSize, inputSize), ReadOptional(file, prefix + "bias", outputSize));
        return new DenseLayer(specification, weights);
    }

    private static List<RecurrentLayer> ReadStack(
        SafetensorsFile file, string module, Func<StackSizes, RecurrentSpecification> specify, int gateCount)
    {
        ArgumentNullException.ThrowIfNull(file);
        string prefix = Prefix(module);
        var unread = file.Tensors.Keys
            .Where(name => ParameterNames.Any(stem => name.StartsWith($"{prefix}{stem}_l", StringComparison.Ordinal)))
            .ToHashSet(StringComparer.Ordinal);
        var layers = new List<RecurrentLayer>();
        do
        {
            string suffix = $"_l{layers.Count}";
            RecurrentSpecification specification = specify(ReadSizes(file, prefix, suffix, gateCount));
            RequireChained(layers, specification, prefix + "weight_ih" + suffix);
            var directions = new List<RecurrentWeights> { ReadWeights(file, prefix, suffix, specification, unread) };
            if (specification.Direction == Direction.Bidirectional)
            {
                directions.Add(ReadWeights(file, prefix, suffix + "_reverse", specification, unread));
            }

            layers.Add(new RecurrentLayer(specification, [.. directions]));
        }
        while (file.Tensors.ContainsKey($"{prefix}weight_ih_l{layers.Count}"));

        return unread.Count == 0
            ? layers
            : throw new ModelFormatException(
                $"tensor '{unread.Order(StringComparer.Ordinal).First()}' belongs to none of the {layers.Count} layers.");
    }

    private static StackSizes ReadSizes(SafetensorsFile file, string prefix, string suffix, int gateCount)
    {
        SafetensorsTensor inputWeights = file[prefix + "weight_ih" + suffix];
        (int rows, int inputSize) = MatrixSizes(inputWeights, gateCount);
        if (rows % gateCount != 0)
        {
            throw new ModelFormatException(
                $"tensor '{inputWeights.Name}': expected rows for {gateCount} gates of one size, found {rows}.");
        }

        int projectionSize = file.Tensors.TryGetValue(prefix + "weight_hr" + suffix, out SafetensorsTensor? projection)
            ? MatrixSizes(projection).Rows
            : 0;
        if (projectionSize >= rows / gateCount)
        {
            throw new ModelFormatException(
                $"tensor '{projection!.Name}': expected fewer than {rows / gateCount} rows, found {projectionSize}.");
        }

        Direction direction = file.Tensors.ContainsKey(prefix + "weight_ih" + suffix + "_reverse")
            ? Direction.Bidirectional
            : Direction.Forward;
        return new StackSizes(inputSize, rows / gateCount, projectionSize, direction);
    }

    private static RecurrentWeights ReadWeights(
        SafetensorsFile file,
        string prefix,
        string suffix,
        RecurrentSpecification specification,
        HashSet<string> unread)
    {
        int rows = specification.GateCount * specification.HiddenSize;
        bool projected = specification.StateSize != specification.HiddenSize;
        unread.ExceptWith(
            ParameterNames.Where(name => projected || name != "weight_hr").Select(name => prefix + name + suffix));
        return new RecurrentWeights(
            Read(file, prefix + "weight_ih" + suffix, rows, specification.InputSize),
            Read(file, prefix + "weight_hh" + suffix, rows, specification.StateSize),
            ReadOptional(file, prefix + "bias_ih" + suffix, rows),
            ReadOptional(file, prefix + "bias_hh" + suffix, rows),
            projection: projected
                ? Read(file, prefix + "weight_hr" + suffix, specification.StateSize, specification.HiddenSize)
                : []);
    }

    private static void RequireChained(List<RecurrentLayer> layers, LayerSpecification next, string inputWeights)
    {
        if (layers.Count > 0 && layers[^1].Specification.OutputSize != next.InputSize)
        {
            throw new ModelFormatException(
                $"tensor '{inputWeights}': expected {layers[^1].Specification.OutputSize} columns, the outputs of the "
                + $"layer before, found {next.InputSize}.");
        }
    }

    private static string Prefix(string module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.Length == 0 ? "" : module + ".";
    }

    private static (int Rows, int Columns) MatrixSizes(SafetensorsTensor tensor, int gateCount = 1)
    {
        long maxRows = (long)gateCount * LayerSpecification.MaxSize;
        return tensor.Shape is [>= 1 and long rows, >= 1 and <= LayerSpecification.MaxSize and long columns]
            && rows <= maxRows
                ? ((int)rows, (int)columns)
                : throw WrongShape(tensor, $"[1 to {maxRows}, 1 to {LayerSpecification.MaxSize}]");
    }

    private static float[] ReadOptional(SafetensorsFile file, string name, params ReadOnlySpan<long> shape) =>
        file.Tensors.ContainsKey(name) ? Read(file, name, shape) : [];

    private static float[] Read(SafetensorsFile file, string name, params ReadOnlySpan<long> shape)
    {
        SafetensorsTensor tensor = file[name];
        return shape.SequenceEqual([.. tensor.Shape])
            ? tensor.ToSingles()
            : throw WrongShape(tensor, $"[{string.Join(", ", shape.ToArray())}]");
    }

    private static ModelFormatException WrongShape(SafetensorsTensor tensor, string expected) =>
        new($"tensor '{tensor.Name}': expected shape {expected}, found [{string.Join(", ", tensor.Shape)}].");

    private readonly record struct StackSizes(int Input, int Hidden, int Projection, Direction Direction);
}
