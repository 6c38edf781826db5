using Recurrent.Formats.Onnx;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>
/// An ONNX file: a graph of operators, of which those are understood that recurrent models are exported as. Immutable; any
/// thread may use it.
/// </summary>
/// <remarks>
/// Weights stay in the file until a model is made, which reads them once; the file is open until it is disposed of or
/// nobody refers to it any more. A damaged or hostile file gives a <see cref="ModelFormatException"/> that names the node, the tensor or
/// the byte offset, and asks for no more memory than 16 times its size and a megabyte.
/// </remarks>
public sealed class OnnxFile : IDisposable
{
    private readonly WireSource _source;
    private readonly MemoryBudget _budget;
    private readonly string? _folder;
    private readonly OnnxGraph _graph;

    private OnnxFile(WireSource source, string? folder)
    {
        _source = source;
        _folder = folder;
        _budget = new MemoryBudget(source.Length);
        _graph = OnnxGraph.Parse(WireReader.Read(source, WireSchema.Model, _budget).Span, source.Place, _budget);
        Inputs = [.. _graph.Inputs.Select(input => input.Name)];
        HashSet<string> weights = new(_graph.Nodes.SelectMany(WeightsOf), StringComparer.Ordinal);
        WeightInputs = [.. Inputs.Where(weights.Contains)];
    }

    /// <summary>The graph's inputs that have no initializer, in its order.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>
    /// The <see cref="Inputs"/> that are weights of an operator (W, R, B and P of LSTM, GRU and RNN, the matrix of Gemm
    /// and MatMul): a model can be made only if <see cref="Bind"/> is given them as constants.
    /// </summary>
    public IReadOnlyList<string> WeightInputs { get; }

    /// <summary>Reads a file's structure.</summary>
    /// <param name="path">Its path. External data is looked for in its folder and below only.</param>
    /// <returns>The file.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ModelFormatException">The file is no ONNX file, or a damaged one.</exception>
    public static OnnxFile Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return new OnnxFile(WireSource.Open(path), Path.GetDirectoryName(Path.GetFullPath(path)));
    }

    /// <summary>Takes the contents of a file.</summary>
    /// <param name="bytes">The whole file. It is not copied and must not change.</param>
    /// <param name="folder">The folder of external data; null if there must be none.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ModelFormatException">The bytes are no ONNX file, or a damaged one.</exception>
    public static OnnxFile Parse(ReadOnlyMemory<byte> bytes, string? folder = null) =>
        new(WireSource.Of(bytes), folder);

    /// <summary>Makes a model of the graph.</summary>
    /// <param name="options">What the file does not say; null for the defaults.</param>
    /// <returns>The model.</returns>
    /// <exception cref="IOException">The file, or one with external data, cannot be read.</exception>
    /// <exception cref="ObjectDisposedException">The file has been closed.</exception>
    /// <exception cref="ModelFormatException">
    /// The graph is no recurrent model; the message names the operator, its node and the reason.
    /// </exception>
    public ImportedModel ToModel(ImportOptions? options = null)
    {
        OnnxBinding binding = Bind(new Dictionary<string, OnnxTensor>(), options);
        return binding.Outputs.Any(output => output.States.Count == 0 || IsFinalState(binding.Model.Definition.Layers, output))
            ? binding.InOrder(options, _source.Place, $", and {nameof(OnnxFile)}.{nameof(Bind)} brings them into the graph's").Model
            : throw new ModelFormatException(
                $"{_source.Place}output '{binding.Outputs[0].Name}': expected a sequence, a last step or the final hidden "
                + "states of all directions of the last recurrent layer, found other states, which a run does not put out; "
                + $"{nameof(OnnxFile)}.{nameof(Bind)} says where a session has them.");
    }

    /// <summary>
    /// Makes a model of the graph with some of its inputs as constants, and says how the others and the outputs map to a
    /// session.
    /// </summary>
    /// <param name="constants">
    /// Values of some of <see cref="Inputs"/>, by name; at least of <see cref="WeightInputs"/>. They replace an
    /// initializer of the same name.
    /// </param>
    /// <param name="options">What the file does not say; null for the defaults.</param>
    /// <returns>The model and the map.</returns>
    /// <exception cref="IOException">The file, or one with external data, cannot be read.</exception>
    /// <exception cref="ObjectDisposedException">The file has been closed.</exception>
    /// <exception cref="ModelFormatException">
    /// The graph is no recurrent model; the message names the operator, its node and the reason.
    /// </exception>
    public OnnxBinding Bind(IReadOnlyDictionary<string, OnnxTensor> constants, ImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(constants);
        try
        {
            return Follow(constants, options ?? ImportOptions.Default);
        }
        catch (ArgumentException e)
        {
            // Layers check what they are made of, too, and say what is wrong as well as anybody could.
            throw new ModelFormatException($"{_source.Place}{ModelFormatException.ReasonOf(e)}", e);
        }
        catch (ModelFormatException e) when (!e.Message.StartsWith(_source.Place, StringComparison.Ordinal))
        {
            throw new ModelFormatException($"{_source.Place}{e.Message}", e);
        }
    }

    /// <summary>
    /// Follows the graph. Where steps of an input are taken before a layer has said which of its axes are the steps, the orders
    /// that there are for them are tried: a layer behind has to agree.
    /// </summary>
    private OnnxBinding Follow(IReadOnlyDictionary<string, OnnxTensor> constants, ImportOptions options)
    {
        try
        {
            return Follow(constants, options, []);
        }
        catch (ModelFormatException) when (_graph.Nodes.Any(node => node.IsRecurrent || node.Operator == "Conv"))
        {
            foreach (OnnxAxis[] order in Interpreter.InputOrders)
            {
                try
                {
                    return Follow(constants, options, order);
                }
                catch (ModelFormatException)
                {
                    // The refusal of the graph as it is says more.
                }
            }

            throw;
        }
    }

    private OnnxBinding Follow(IReadOnlyDictionary<string, OnnxTensor> constants, ImportOptions options, OnnxAxis[] order)
    {
        MemoryBudget budget = new(_budget);
        using ExternalData external = new(_folder, options.RefuseHardLinks, budget);
        Interpreter interpreter = new(_graph, new TensorReader(_source, external), options, budget) { InputOrder = order };
        return new Assembler(_graph, interpreter).Assemble(interpreter.Run(constants));
    }

    /// <summary>Closes the file. Models that have been made stay.</summary>
    public void Dispose() => _source.Dispose();

    /// <summary>
    /// Whether an output is what <see cref="ModelOutput.FinalState"/> puts out. Cell states, states of other layers or of
    /// some of the directions have to be asked of a session.
    /// </summary>
    internal static bool IsFinalState(IReadOnlyList<Layer> layers, OnnxOutput output)
    {
        int last = layers.Count - 1;
        Direction direction = layers[last] is RecurrentLayer layer
            ? layer.Specification.Direction
            : Direction.Forward;
        OnnxState[] states = direction == Direction.Bidirectional
            ? [new(last, Direction.Forward, StateKind.Hidden), new(last, Direction.Reverse, StateKind.Hidden)]
            : [new(last, direction, StateKind.Hidden)];
        return output.Role == OnnxOutputRole.FinalHidden && output.States.SequenceEqual(states);
    }

    /// <summary>The inputs of a node that are weights.</summary>
    private static IEnumerable<string> WeightsOf(GraphNode node) => node.Operator switch
    {
        "LSTM" or "GRU" or "RNN" or RecurrentParts.QuantizedLstm => [node.Input(1), node.Input(2), node.Input(3), node.Input(7)],
        "Gemm" => [node.Input(1), node.Input(2)],
        "MatMul" => [node.Input(1)],
        _ => [],
    };
}
