namespace Recurrent.Layers;

public sealed partial class GateOrder
{
    /// <summary>
    /// PyTorch's <c>nn.RNN</c>, <c>nn.LSTM</c> and <c>nn.GRU</c>: gates i f g o and r z n, reset-after.
    /// </summary>
    /// <param name="specification">The layer; a GRU with <see cref="GruSpecification.ResetAfter"/>.</param>
    /// <param name="weightIh"><c>weight_ih_l{k}</c>, <c>[G*H, I]</c>.</param>
    /// <param name="weightHh"><c>weight_hh_l{k}</c>, <c>[G*H, S]</c>.</param>
    /// <param name="biasIh"><c>bias_ih_l{k}</c>, <c>[G*H]</c>, or empty.</param>
    /// <param name="biasHh"><c>bias_hh_l{k}</c>, <c>[G*H]</c>, or empty.</param>
    /// <param name="weightHr"><c>weight_hr_l{k}</c>, <c>[S, H]</c>, or empty without a projection.</param>
    /// <returns>The weights in canonical order.</returns>
    public static CellWeights FromPyTorch(
        RecurrentSpecification specification,
        ReadOnlySpan<float> weightIh,
        ReadOnlySpan<float> weightHh,
        ReadOnlySpan<float> biasIh = default,
        ReadOnlySpan<float> biasHh = default,
        ReadOnlySpan<float> weightHr = default)
    {
        Shape shape = new(specification, resetAfter: true);
        shape.RequireInput(weightIh, transposed: false, nameof(weightIh));
        shape.RequireState(weightHh, transposed: false, nameof(weightHh));
        shape.RequireBias(biasIh, nameof(biasIh));
        shape.RequireBias(biasHh, nameof(biasHh));
        shape.RequireProjection(weightHr, transposed: false, nameof(weightHr));
        return new CellWeights(weightIh, weightHh, biasIh, biasHh, projection: weightHr);
    }

    /// <summary>cuDNN's matrices, joined in the order of their ids: LSTM i f c o, GRU r z h (reset-after).</summary>
    /// <param name="specification">The layer; a GRU with <see cref="GruSpecification.ResetAfter"/>.</param>
    /// <param name="inputMatrices">Matrices of the input, <c>[G*H, I]</c>.</param>
    /// <param name="recurrentMatrices">Matrices of the state, <c>[G*H, S]</c>.</param>
    /// <param name="inputBias"><c>[G*H]</c>, or empty.</param>
    /// <param name="recurrentBias"><c>[G*H]</c>, or empty.</param>
    /// <param name="projection">Matrix of the projection, <c>[S, H]</c>, or empty without one.</param>
    /// <returns>The weights in canonical order.</returns>
    public static CellWeights FromCuDnn(
        RecurrentSpecification specification,
        ReadOnlySpan<float> inputMatrices,
        ReadOnlySpan<float> recurrentMatrices,
        ReadOnlySpan<float> inputBias = default,
        ReadOnlySpan<float> recurrentBias = default,
        ReadOnlySpan<float> projection = default)
    {
        Shape shape = new(specification, resetAfter: true);
        shape.RequireInput(inputMatrices, transposed: false, nameof(inputMatrices));
        shape.RequireState(recurrentMatrices, transposed: false, nameof(recurrentMatrices));
        shape.RequireBias(inputBias, nameof(inputBias));
        shape.RequireBias(recurrentBias, nameof(recurrentBias));
        shape.RequireProjection(projection, transposed: false, nameof(projection));
        return new CellWeights(
            inputMatrices, recurrentMatrices, inputBias, recurrentBias, projection: projection);
    }

    /// <summary>
    /// Keras: transposed kernels, LSTM i f c o, GRU z r h with <c>reset_after</c> as in the specification.
    /// </summary>
    /// <param name="specification">The layer.</param>
    /// <param name="kernel"><c>kernel</c>, <c>[I, G*H]</c>.</param>
    /// <param name="recurrentKernel"><c>recurrent_kernel</c>, <c>[H, G*H]</c>.</param>
    /// <param name="bias">
    /// <c>bias</c>, <c>[G*H]</c>; of a reset-after GRU <c>[2, 3*H]</c>, input before state; or empty.
    /// </param>
    /// <returns>The weights in canonical order.</returns>
    public static CellWeights FromKeras(
        RecurrentSpecification specification,
        ReadOnlySpan<float> kernel,
        ReadOnlySpan<float> recurrentKernel,
        ReadOnlySpan<float> bias = default)
    {
        Shape shape = new(specification);
        shape.RequireInput(kernel, transposed: true, nameof(kernel));
        shape.RequireState(recurrentKernel, transposed: true, nameof(recurrentKernel));
        bool twoBiases = specification is GruSpecification { ResetAfter: true };
        shape.RequireBias(bias, nameof(bias), twoBiases ? 2 : 1);
        ReadOnlySpan<int> places = Keras.Places(specification);
        return new CellWeights(
            Reorder(Transpose(kernel, specification.InputSize), places),
            Reorder(Transpose(recurrentKernel, specification.StateSize), places),
            Reorder(twoBiases ? bias[..(bias.Length / 2)] : bias, places),
            Reorder(twoBiases ? bias[(bias.Length / 2)..] : default, places));
    }

    /// <summary>One direction of ONNX's <c>RNN</c>, <c>LSTM</c> (i o f c) and <c>GRU</c> (z r h).</summary>
    /// <param name="specification">The layer; <c>linear_before_reset</c> is its ResetAfter.</param>
    /// <param name="w"><c>W[d]</c>, <c>[G*H, I]</c>.</param>
    /// <param name="r"><c>R[d]</c>, <c>[G*H, H]</c>.</param>
    /// <param name="b"><c>B[d]</c>, <c>[2*G*H]</c>, the biases of W before those of R; or empty.</param>
    /// <param name="p"><c>P[d]</c>, the peepholes <c>[3*H]</c> in the order i o f; or empty.</param>
    /// <returns>The weights in canonical order.</returns>
    public static CellWeights FromOnnx(
        RecurrentSpecification specification,
        ReadOnlySpan<float> w,
        ReadOnlySpan<float> r,
        ReadOnlySpan<float> b = default,
        ReadOnlySpan<float> p = default)
    {
        Shape shape = new(specification);
        shape.RequireInput(w, transposed: false, nameof(w));
        shape.RequireState(r, transposed: false, nameof(r));
        shape.RequireBias(b, nameof(b), 2);
        shape.RequirePeephole(p, nameof(p));
        ReadOnlySpan<int> places = Onnx.Places(specification);
        return new CellWeights(
            Reorder(w, places),
            Reorder(r, places),
            Reorder(b[..(b.Length / 2)], places),
            Reorder(b[(b.Length / 2)..], places),
            Reorder(p, Onnx.PeepholePlaces));
    }

    /// <summary>
    /// oneDNN's plain layouts (<c>ldigo</c>, <c>ldgo</c>, <c>ldio</c>) of one layer and direction: LSTM i f c o, GRU u
    /// r o.
    /// </summary>
    /// <param name="specification">The layer; a linear-before-reset GRU is one with ResetAfter.</param>
    /// <param name="weightsLayer"><c>weights_layer</c>, <c>[I, G, H]</c>.</param>
    /// <param name="weightsIteration"><c>weights_iter</c>, <c>[S, G, H]</c>.</param>
    /// <param name="bias">
    /// <c>bias</c>, <c>[G, H]</c>; of a linear-before-reset GRU <c>[4, H]</c>, the fourth being the candidate's state
    /// bias; or empty.
    /// </param>
    /// <param name="peephole"><c>weights_peephole</c>, <c>[3, H]</c> in the order i f o; or empty.</param>
    /// <param name="projection"><c>weights_projection</c>, <c>[H, S]</c>; or empty.</param>
    /// <returns>The weights in canonical order.</returns>
    public static CellWeights FromOneDnn(
        RecurrentSpecification specification,
        ReadOnlySpan<float> weightsLayer,
        ReadOnlySpan<float> weightsIteration,
        ReadOnlySpan<float> bias = default,
        ReadOnlySpan<float> peephole = default,
        ReadOnlySpan<float> projection = default)
    {
        Shape shape = new(specification);
        shape.RequireInput(weightsLayer, transposed: true, nameof(weightsLayer));
        shape.RequireState(weightsIteration, transposed: true, nameof(weightsIteration));
        shape.RequirePeephole(peephole, nameof(peephole));
        shape.RequireProjection(projection, transposed: true, nameof(projection));
        int hidden = specification.HiddenSize;
        int rows = shape.Gates * hidden;
        float[] recurrentBias = [];
        if (specification is GruSpecification { ResetAfter: true })
        {
            Require.OptionalShape(bias.Length, 4L * hidden, "[4 * HiddenSize]", nameof(bias));
            if (!bias.IsEmpty)
            {
                recurrentBias = new float[rows];
                bias[rows..].CopyTo(recurrentBias.AsSpan(2 * hidden));
                bias = bias[..rows];
            }
        }

        shape.RequireBias(bias, nameof(bias));
        ReadOnlySpan<int> places = OneDnn.Places(specification);
        return new CellWeights(
            Reorder(Transpose(weightsLayer, specification.InputSize), places),
            Reorder(Transpose(weightsIteration, specification.StateSize), places),
            Reorder(bias, places),
            recurrentBias,
            peephole,
            projection.IsEmpty ? default : Transpose(projection, hidden));
    }

    /// <summary>TensorFlow's <c>LSTMBlockCell</c>: gates i c f o over the joined <c>[x, h]</c>.</summary>
    /// <param name="specification">The layer, without a projection.</param>
    /// <param name="w"><c>w</c>, <c>[I + H, 4*H]</c>.</param>
    /// <param name="b"><c>b</c>, <c>[4*H]</c>, or empty.</param>
    /// <param name="forgetBias">
    /// <c>forget_bias</c>, which TensorFlow adds to the forget gate at run time; here it becomes part of the bias.
    /// </param>
    /// <param name="wci">Peepholes of the input gate, <c>[H]</c>; all three or none.</param>
    /// <param name="wcf">Peepholes of the forget gate, <c>[H]</c>.</param>
    /// <param name="wco">Peepholes of the output gate, <c>[H]</c>.</param>
    /// <returns>The weights in canonical order.</returns>
    public static CellWeights FromTensorFlowLstmBlock(
        LstmSpecification specification,
        ReadOnlySpan<float> w,
        ReadOnlySpan<float> b = default,
        float forgetBias = 1,
        ReadOnlySpan<float> wci = default,
        ReadOnlySpan<float> wcf = default,
        ReadOnlySpan<float> wco = default)
    {
        Shape shape = new(specification);
        Require.Absent(specification.ProjectionSize, "LSTMBlockCell has no projection", nameof(specification));
        int hidden = specification.HiddenSize;
        shape.RequireJoined(w, shape.Gates, nameof(w));
        shape.RequireBias(b, nameof(b));
        Require.OptionalShape(wci.Length, hidden, "[HiddenSize]", nameof(wci));
        Require.Shape(wcf.Length, wci.Length, "as many peepholes as wci", nameof(wcf));
        Require.Shape(wco.Length, wci.Length, "as many peepholes as wci", nameof(wco));
        float[] recurrentBias = new float[4 * hidden];
        recurrentBias.AsSpan(hidden, hidden).Fill(forgetBias);
        int split = specification.InputSize * 4 * hidden;
        ReadOnlySpan<int> places = TensorFlowBlock.Places(specification);
        return new CellWeights(
            Reorder(Transpose(w[..split], specification.InputSize), places),
            Reorder(Transpose(w[split..], hidden), places),
            Reorder(b, places),
            recurrentBias,
            peephole: [.. wci, .. wcf, .. wco]);
    }

    /// <summary>
    /// TensorFlow's <c>GRUBlockCell</c>: r u and a separate c over the joined <c>[x, h]</c>, reset-before.
    /// </summary>
    /// <param name="specification">The layer, without <see cref="GruSpecification.ResetAfter"/>.</param>
    /// <param name="wRu"><c>w_ru</c>, <c>[I + H, 2*H]</c>.</param>
    /// <param name="wC"><c>w_c</c>, <c>[I + H, H]</c>.</param>
    /// <param name="bRu"><c>b_ru</c>, <c>[2*H]</c>.</param>
    /// <param name="bC"><c>b_c</c>, <c>[H]</c>.</param>
    /// <returns>The weights in canonical order.</returns>
    public static CellWeights FromTensorFlowGruBlock(
        GruSpecification specification,
        ReadOnlySpan<float> wRu,
        ReadOnlySpan<float> wC,
        ReadOnlySpan<float> bRu,
        ReadOnlySpan<float> bC)
    {
        Shape shape = new(specification, resetAfter: false);
        int input = specification.InputSize;
        int hidden = specification.HiddenSize;
        shape.RequireJoined(wRu, 2, nameof(wRu));
        shape.RequireJoined(wC, 1, nameof(wC));
        Require.Shape(bRu.Length, 2L * hidden, "[2 * HiddenSize]", nameof(bRu));
        Require.Shape(bC.Length, hidden, "[HiddenSize]", nameof(bC));
        return new CellWeights(
            [.. Transpose(wRu[..(2 * input * hidden)], input), .. Transpose(wC[..(input * hidden)], input)],
            [.. Transpose(wRu[(2 * input * hidden)..], hidden), .. Transpose(wC[(input * hidden)..], hidden)],
            [.. bRu, .. bC]);
    }

    private static float[] Reorder(ReadOnlySpan<float> source, ReadOnlySpan<int> places)
    {
        float[] reordered = new float[source.Length];
        int block = source.Length / places.Length;
        for (int gate = 0; gate < places.Length; gate++)
        {
            source.Slice(places[gate] * block, block).CopyTo(reordered.AsSpan(gate * block));
        }

        return reordered;
    }

    private static float[] Transpose(ReadOnlySpan<float> source, int rows)
    {
        float[] transposed = new float[source.Length];
        int columns = source.Length / rows;
        for (int row = 0; row < rows; row++)
        {
            for (int column = 0; column < columns; column++)
            {
                transposed[(column * rows) + row] = source[(row * columns) + column];
            }
        }

        return transposed;
    }

    /// <summary>The shapes that a specification asks of its source tensors.</summary>
    private readonly struct Shape
    {
        private readonly RecurrentSpecification _specification;

        public Shape(RecurrentSpecification specification, bool? resetAfter = null)
        {
            ArgumentNullException.ThrowIfNull(specification);
            specification.Validate(nameof(specification));
            if (resetAfter is { } expected && specification is GruSpecification gru && gru.ResetAfter != expected)
            {
                throw new ArgumentException(
                    $"{nameof(specification)}: expected a GRU with ResetAfter {expected}, as the source computes it, "
                    + $"found {gru.ResetAfter}.",
                    nameof(specification));
            }

            _specification = specification;
        }

        public int Gates => _specification.GateCount;

        private int Rows => Gates * _specification.HiddenSize;

        public void RequireInput(ReadOnlySpan<float> weights, bool transposed, string argument) =>
            RequireMatrix(weights, _specification.InputSize, "InputSize", transposed, argument);

        public void RequireState(ReadOnlySpan<float> weights, bool transposed, string argument) =>
            RequireMatrix(weights, _specification.StateSize, "StateSize", transposed, argument);

        public void RequireBias(ReadOnlySpan<float> bias, string argument, int biases = 1) =>
            Require.OptionalShape(
                bias.Length, (long)biases * Rows, $"[{biases} * GateCount * HiddenSize]", argument);

        public void RequirePeephole(ReadOnlySpan<float> peephole, string argument) =>
            Require.OptionalShape(peephole.Length, 3L * _specification.HiddenSize, "[3 * HiddenSize]", argument);

        public void RequireProjection(ReadOnlySpan<float> projection, bool transposed, string argument)
        {
            if (_specification is LstmSpecification { ProjectionSize: > 0 } lstm)
            {
                Require.Shape(
                    projection.Length,
                    transposed ? lstm.HiddenSize : lstm.ProjectionSize,
                    transposed ? lstm.ProjectionSize : lstm.HiddenSize,
                    transposed ? "[HiddenSize, ProjectionSize]" : "[ProjectionSize, HiddenSize]",
                    argument);
            }
            else
            {
                Require.Absent(projection.Length, "the specification has no ProjectionSize", argument);
            }
        }

        /// <summary>Weights over the joined <c>[x, h]</c>, transposed.</summary>
        public void RequireJoined(ReadOnlySpan<float> weights, int gates, string argument) =>
            Require.Shape(
                weights.Length,
                (long)_specification.InputSize + _specification.HiddenSize,
                (long)gates * _specification.HiddenSize,
                $"[InputSize + HiddenSize, {gates} * HiddenSize]",
                argument);

        private void RequireMatrix(
            ReadOnlySpan<float> weights, int columns, string columnsName, bool transposed, string argument) =>
            Require.Shape(
                weights.Length,
                transposed ? columns : Rows,
                transposed ? Rows : columns,
                transposed ? $"[{columnsName}, GateCount * HiddenSize]" : $"[GateCount * HiddenSize, {columnsName}]",
                argument);
    }
}
