namespace Recurrent.Layers;

/// <summary>
/// The order in which a library stores the gates of a cell. Here it is LSTM i f g o, GRU r z n and peepholes i f o, which
/// is called canonical: rows by gate, <c>[G*H, I]</c> and <c>[G*H, S]</c>. What reads or writes weights of another library
/// takes the order from this table.
/// </summary>
/// <remarks>
/// <para>
/// Every library blends a GRU as <c>h' = (1 - z) n + z h</c>, so none needs <c>z</c> negated.
/// </para>
/// <para>
/// The methods <c>From...</c> bring the weights of one direction into canonical order. They check shapes and throw an
/// <see cref="ArgumentException"/> that names the argument, the shape expected and the number of elements found. A span
/// that may be empty says so.
/// </para>
/// </remarks>
public sealed partial class GateOrder
{
    // Each list gives, for every canonical gate, its place in the library's tensor.
    private readonly int[] _lstm;
    private readonly int[] _gru;
    private readonly int[] _peephole;

    private GateOrder(int[] lstm, int[] gru, int[] peephole)
    {
        _lstm = lstm;
        _gru = gru;
        _peephole = peephole;
    }

    /// <summary>PyTorch: LSTM i f g o, GRU r z n, which is canonical.</summary>
    public static GateOrder PyTorch { get; } = new([0, 1, 2, 3], [0, 1, 2], [0, 1, 2]);

    /// <summary>cuDNN: LSTM i f c o, GRU r z h, which is canonical.</summary>
    public static GateOrder CuDnn { get; } = new([0, 1, 2, 3], [0, 1, 2], [0, 1, 2]);

    /// <summary>Keras, and RTNeural after it: LSTM i f c o, GRU z r h.</summary>
    public static GateOrder Keras { get; } = new([0, 1, 2, 3], [1, 0, 2], [0, 1, 2]);

    /// <summary>ONNX: LSTM i o f c, GRU z r h, peepholes i o f.</summary>
    public static GateOrder Onnx { get; } = new([0, 2, 3, 1], [1, 0, 2], [0, 2, 1]);

    /// <summary>oneDNN: LSTM i f c o, GRU u r o, where u is the update gate.</summary>
    public static GateOrder OneDnn { get; } = new([0, 1, 2, 3], [1, 0, 2], [0, 1, 2]);

    /// <summary>TensorFlow's <c>LSTMBlockCell</c>, i c f o, and <c>GRUBlockCell</c>, r u c.</summary>
    public static GateOrder TensorFlowBlock { get; } = new([0, 2, 1, 3], [0, 1, 2], [0, 1, 2]);

    /// <summary>For each canonical peephole, input, forget and output gate, its place in this order.</summary>
    public ReadOnlySpan<int> PeepholePlaces => _peephole;

    /// <summary>For each canonical peephole's place in this order: which of the canonical ones it is.</summary>
    public IReadOnlyList<int> PeepholeGates => Inverse(_peephole);

    /// <summary>For each canonical gate, its place in this order.</summary>
    /// <param name="specification">The cell.</param>
    /// <returns>As many places as the cell has gates.</returns>
    /// <exception cref="ArgumentNullException">The specification is null.</exception>
    public ReadOnlySpan<int> Places(RecurrentSpecification specification)
    {
        ArgumentNullException.ThrowIfNull(specification);
        return specification switch
        {
            LstmSpecification => _lstm,
            GruSpecification => _gru,
            _ => [0],
        };
    }

    /// <summary>For each place in this order, the canonical gate that is there.</summary>
    /// <param name="specification">The cell.</param>
    /// <returns>As many gates as the cell has.</returns>
    /// <exception cref="ArgumentNullException">The specification is null.</exception>
    public IReadOnlyList<int> Gates(RecurrentSpecification specification) => Inverse(Places(specification));

    /// <summary>Brings the blocks of a tensor, one for each gate in this order, into canonical order.</summary>
    /// <param name="specification">The cell.</param>
    /// <param name="weights">As many equal blocks as the cell has gates; or empty. It is changed in place.</param>
    /// <exception cref="ArgumentNullException">The specification is null.</exception>
    /// <exception cref="ArgumentException">The elements are no multiple of the gates.</exception>
    public void ToCanonical(RecurrentSpecification specification, Span<float> weights)
    {
        ReadOnlySpan<int> places = Places(specification);
        if (weights.Length % places.Length != 0)
        {
            throw new ArgumentException(
                $"{nameof(weights)}: expected a multiple of {places.Length} gates, found {weights.Length} elements.",
                nameof(weights));
        }

        int block = weights.Length / places.Length;
        Span<float> gates = stackalloc float[places.Length];
        for (int i = 0; i < block; i++)
        {
            for (int gate = 0; gate < places.Length; gate++)
            {
                gates[gate] = weights[(places[gate] * block) + i];
            }

            for (int gate = 0; gate < places.Length; gate++)
            {
                weights[(gate * block) + i] = gates[gate];
            }
        }
    }

    private static int[] Inverse(ReadOnlySpan<int> places)
    {
        int[] gates = new int[places.Length];
        for (int gate = 0; gate < places.Length; gate++)
        {
            gates[places[gate]] = gate;
        }

        return gates;
    }
}
