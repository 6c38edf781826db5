namespace Recurrent.Formats;

/// <summary>
/// An ONNX file: a graph of operators, of which those are understood that recurrent models are exported as. Immutable; any
/// thread may use it.
/// </summary>
/// <remarks>
/// Weights stay in the file until a model is made, which reads them once. A damaged or hostile file gives a
/// <see cref="ModelFormatException"/> that names the node, the tensor or the byte offset.
/// </remarks>
public sealed class OnnxFile
{
    private OnnxFile()
    {
        Inputs = [];
        WeightInputs = [];
    }

    /// <summary>The graph's inputs that have no initializer, in its order.</summary>
    public IReadOnlyList<string> Inputs { get; }

    /// <summary>
    /// Those of <see cref="Inputs"/> that are weights of an operator (W, R, B and P of LSTM, GRU and RNN, the matrix of
    /// Gemm and MatMul): a model can be made only if <see cref="Bind"/> is given them as constants.
    /// </summary>
    public IReadOnlyList<string> WeightInputs { get; }

    /// <summary>Reads a file's structure. The file must stay where it is until models have been made.</summary>
    /// <param name="path">Its path. External data is looked for in its folder and below only.</param>
    /// <returns>The file.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ModelFormatException">The file is no ONNX file, or a damaged one.</exception>
    public static OnnxFile Open(string path) => throw new NotImplementedException();

    /// <summary>Takes the contents of a file.</summary>
    /// <param name="bytes">The whole file. It is not copied and must not change.</param>
    /// <param name="folder">The folder of external data; null if there must be none.</param>
    /// <returns>The file.</returns>
    /// <exception cref="ModelFormatException">The bytes are no ONNX file, or a damaged one.</exception>
    public static OnnxFile Parse(ReadOnlyMemory<byte> bytes, string? folder = null) =>
        throw new NotImplementedException();

    /// <summary>Makes a model of the graph.</summary>
    /// <param name="options">What the file does not say; null for the defaults.</param>
    /// <returns>The model.</returns>
    /// <exception cref="IOException">The file, or one with external data, cannot be read.</exception>
    /// <exception cref="ModelFormatException">
    /// The graph is no recurrent model; the message names the operator, its node and the reason.
    /// </exception>
    public ImportedModel ToModel(ImportOptions? options = null) => throw new NotImplementedException();

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
    /// <exception cref="ModelFormatException">
    /// The graph is no recurrent model; the message names the operator, its node and the reason.
    /// </exception>
    public OnnxBinding Bind(IReadOnlyDictionary<string, OnnxTensor> constants, ImportOptions? options = null) =>
        throw new NotImplementedException();
}
