using Recurrent.Layers;

namespace Recurrent.Tests.Layers;

/// <summary>
/// Every source's order. A weight is 100 * gate + 10 * unit + column, so that each tells where it belongs; the tests
/// write a source's layout down from its documentation and expect the canonical one.
/// </summary>
public sealed class GateOrderTests
{
    private const int Inputs = 3;
    private const int Hidden = 2;

    private static readonly LstmSpecification Lstm = new() { InputSize = Inputs, HiddenSize = Hidden };
    private static readonly GruSpecification GruAfter = new() { InputSize = Inputs, HiddenSize = Hidden };
    private static readonly GruSpecification GruBefore = GruAfter with { ResetAfter = false };
    private static readonly SimpleRnnSpecification Rnn = new() { InputSize = Inputs, HiddenSize = Hidden };

    // Canonical order.
    private static readonly string[] LstmGates = ["i", "f", "g", "o"];
    private static readonly string[] GruGates = ["r", "z", "n"];

    [Fact]
    public void PyTorch_is_canonical()
    {
        CellWeights weights = GateOrder.FromPyTorch(
            Lstm, Rows(LstmGates, Inputs), Rows(LstmGates, Hidden), Rows(LstmGates, 1), Rows(LstmGates, 1, 0.5f));
        RequireCanonical(weights, LstmGates);
        Assert.Equal(Rows(LstmGates, 1), weights.InputBias.ToArray());
        Assert.Equal(Rows(LstmGates, 1, 0.5f), weights.RecurrentBias.ToArray());
    }

    [Fact]
    public void PyTorch_passes_a_projection_on()
    {
        LstmSpecification projected = Lstm with { ProjectionSize = 1 };
        CellWeights weights = GateOrder.FromPyTorch(
            projected, Rows(LstmGates, Inputs), Rows(LstmGates, 1), weightHr: [7, 8]);
        Assert.Equal([7, 8], weights.Projection.ToArray());
        _ = new RecurrentLayer(projected, weights);
    }

    [Fact]
    public void CuDnn_is_i_f_c_o_and_r_z_h()
    {
        RequireCanonical(
            GateOrder.FromCuDnn(Lstm, Rows(LstmGates, Inputs), Rows(LstmGates, Hidden)), LstmGates);
        CellWeights gru = GateOrder.FromCuDnn(
            GruAfter, Rows(GruGates, Inputs), Rows(GruGates, Hidden), Rows(GruGates, 1), Rows(GruGates, 1, 0.5f));
        RequireCanonical(gru, GruGates);
        Assert.Equal(Rows(GruGates, 1, 0.5f), gru.RecurrentBias.ToArray());
    }

    [Fact]
    public void Keras_lstm_is_transposed_i_f_c_o()
    {
        CellWeights weights = GateOrder.FromKeras(
            Lstm, Columns(LstmGates, Inputs), Columns(LstmGates, Hidden), Rows(LstmGates, 1));
        RequireCanonical(weights, LstmGates);
        Assert.Equal(Rows(LstmGates, 1), weights.InputBias.ToArray());
        Assert.True(weights.RecurrentBias.IsEmpty);
    }

    [Fact]
    public void Keras_gru_is_transposed_z_r_h_with_two_biases_if_reset_after()
    {
        string[] order = ["z", "r", "n"];
        CellWeights after = GateOrder.FromKeras(
            GruAfter,
            Columns(order, Inputs),
            Columns(order, Hidden),
            [.. Rows(order, 1), .. Rows(order, 1, 0.5f)]);
        RequireCanonical(after, GruGates);
        Assert.Equal(Rows(GruGates, 1), after.InputBias.ToArray());
        Assert.Equal(Rows(GruGates, 1, 0.5f), after.RecurrentBias.ToArray());

        CellWeights before = GateOrder.FromKeras(
            GruBefore, Columns(order, Inputs), Columns(order, Hidden), Rows(order, 1));
        RequireCanonical(before, GruGates);
        Assert.Equal(Rows(GruGates, 1), before.InputBias.ToArray());
        Assert.True(before.RecurrentBias.IsEmpty);
    }

    [Fact]
    public void Keras_simple_rnn_is_transposed()
    {
        string[] one = ["i"];
        RequireCanonical(GateOrder.FromKeras(Rnn, Columns(one, Inputs), Columns(one, Hidden)), one);
    }

    [Fact]
    public void Onnx_lstm_is_i_o_f_c_with_peepholes_i_o_f()
    {
        string[] order = ["i", "o", "f", "g"];
        CellWeights weights = GateOrder.FromOnnx(
            Lstm,
            Rows(order, Inputs),
            Rows(order, Hidden),
            [.. Rows(order, 1), .. Rows(order, 1, 0.5f)],
            Rows(["i", "o", "f"], 1));
        RequireCanonical(weights, LstmGates);
        Assert.Equal(Rows(LstmGates, 1), weights.InputBias.ToArray());
        Assert.Equal(Rows(LstmGates, 1, 0.5f), weights.RecurrentBias.ToArray());
        Assert.Equal(Rows(["i", "f", "o"], 1), weights.Peephole.ToArray());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Onnx_gru_is_z_r_h(bool resetAfter)
    {
        string[] order = ["z", "r", "n"];
        CellWeights weights = GateOrder.FromOnnx(
            GruAfter with { ResetAfter = resetAfter },
            Rows(order, Inputs),
            Rows(order, Hidden),
            [.. Rows(order, 1), .. Rows(order, 1, 0.5f)]);
        RequireCanonical(weights, GruGates);
        Assert.Equal(Rows(GruGates, 1), weights.InputBias.ToArray());
        Assert.Equal(Rows(GruGates, 1, 0.5f), weights.RecurrentBias.ToArray());
    }

    [Fact]
    public void OneDnn_lstm_is_transposed_i_f_c_o_with_a_transposed_projection()
    {
        LstmSpecification projected = new() { InputSize = Inputs, HiddenSize = 3, ProjectionSize = 2 };
        CellWeights weights = GateOrder.FromOneDnn(
            projected,
            Columns(LstmGates, Inputs, hidden: 3),
            Columns(LstmGates, 2, hidden: 3),
            Rows(LstmGates, 1, hidden: 3),
            Rows(["i", "f", "o"], 1, hidden: 3),
            [1, 2, 3, 4, 5, 6]);
        Assert.Equal(Rows(LstmGates, Inputs, hidden: 3), weights.InputWeights.ToArray());
        Assert.Equal(Rows(LstmGates, 2, hidden: 3), weights.RecurrentWeights.ToArray());
        Assert.Equal(Rows(LstmGates, 1, hidden: 3), weights.InputBias.ToArray());
        Assert.Equal(Rows(["i", "f", "o"], 1, hidden: 3), weights.Peephole.ToArray());
        Assert.Equal([1, 3, 5, 2, 4, 6], weights.Projection.ToArray());
    }

    [Fact]
    public void OneDnn_gru_is_transposed_u_r_o_and_has_a_fourth_bias_if_linear_before_reset()
    {
        string[] order = ["z", "r", "n"];
        CellWeights after = GateOrder.FromOneDnn(
            GruAfter, Columns(order, Inputs), Columns(order, Hidden), [.. Rows(order, 1), 51, 52]);
        RequireCanonical(after, GruGates);
        Assert.Equal(Rows(GruGates, 1), after.InputBias.ToArray());
        Assert.Equal([0, 0, 0, 0, 51, 52], after.RecurrentBias.ToArray());

        CellWeights before = GateOrder.FromOneDnn(
            GruBefore, Columns(order, Inputs), Columns(order, Hidden), Rows(order, 1));
        RequireCanonical(before, GruGates);
        Assert.True(before.RecurrentBias.IsEmpty);
    }

    [Fact]
    public void TensorFlow_lstm_block_is_i_c_f_o_over_x_and_h_and_adds_the_forget_bias()
    {
        string[] order = ["i", "g", "f", "o"];
        CellWeights weights = GateOrder.FromTensorFlowLstmBlock(
            Lstm,
            [.. Columns(order, Inputs), .. Columns(order, Hidden)],
            Rows(order, 1),
            forgetBias: 1.5f,
            wci: [1, 2],
            wcf: [3, 4],
            wco: [5, 6]);
        RequireCanonical(weights, LstmGates);
        Assert.Equal(Rows(LstmGates, 1), weights.InputBias.ToArray());
        Assert.Equal([0, 0, 1.5f, 1.5f, 0, 0, 0, 0], weights.RecurrentBias.ToArray());
        Assert.Equal([1, 2, 3, 4, 5, 6], weights.Peephole.ToArray());
    }

    [Fact]
    public void TensorFlow_gru_block_is_r_u_and_a_separate_c()
    {
        string[] gates = ["r", "z"];
        string[] candidate = ["n"];
        CellWeights weights = GateOrder.FromTensorFlowGruBlock(
            GruBefore,
            [.. Columns(gates, Inputs), .. Columns(gates, Hidden)],
            [.. Columns(candidate, Inputs), .. Columns(candidate, Hidden)],
            Rows(gates, 1),
            Rows(candidate, 1));
        RequireCanonical(weights, GruGates);
        Assert.Equal(Rows(GruGates, 1), weights.InputBias.ToArray());
    }

    [Fact]
    public void A_source_that_computes_another_gru_is_refused()
    {
        Assert.Throws<ArgumentException>(
            "specification",
            () => GateOrder.FromPyTorch(GruBefore, Rows(GruGates, Inputs), Rows(GruGates, Hidden)));
        Assert.Throws<ArgumentException>(
            "specification", () => GateOrder.FromTensorFlowGruBlock(GruAfter, [], [], [], []));
    }

    [Fact]
    public void Wrong_shapes_are_refused_by_name()
    {
        ArgumentException kernel = Assert.Throws<ArgumentException>(
            "kernel", () => GateOrder.FromKeras(Lstm, new float[23], new float[16]));
        Assert.Contains("[InputSize, GateCount * HiddenSize] = [3, 8]", kernel.Message, StringComparison.Ordinal);
        Assert.Contains("found 23 elements", kernel.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(
            "b", () => GateOrder.FromOnnx(Lstm, new float[24], new float[16], new float[8]));
        Assert.Throws<ArgumentException>(
            "p", () => GateOrder.FromOnnx(Lstm, new float[24], new float[16], default, new float[5]));
        Assert.Throws<ArgumentException>(
            "bias", () => GateOrder.FromOneDnn(GruAfter, new float[18], new float[12], new float[6]));
        Assert.Throws<ArgumentException>(
            "wcf", () => GateOrder.FromTensorFlowLstmBlock(Lstm, new float[40], wci: [1, 2], wcf: [1], wco: [1, 2]));
        Assert.Throws<ArgumentException>(
            "weightHr",
            () => GateOrder.FromPyTorch(Lstm, new float[24], new float[16], weightHr: new float[2]));
    }

    private static void RequireCanonical(CellWeights weights, string[] gates)
    {
        Assert.Equal(Rows(gates, Inputs), weights.InputWeights.ToArray());
        Assert.Equal(Rows(gates, Hidden), weights.RecurrentWeights.ToArray());
    }

    /// <summary><c>[gates, hidden, columns]</c> with the gates in the order given.</summary>
    private static float[] Rows(string[] gates, int columns, float offset = 0, int hidden = Hidden) =>
        [.. from gate in gates
            from unit in Enumerable.Range(0, hidden)
            from column in Enumerable.Range(0, columns)
            select Value(gate, unit, column) + offset];

    /// <summary><c>[columns, gates, hidden]</c>, the transposed layout.</summary>
    private static float[] Columns(string[] gates, int columns, int hidden = Hidden) =>
        [.. from column in Enumerable.Range(0, columns)
            from gate in gates
            from unit in Enumerable.Range(0, hidden)
            select Value(gate, unit, column)];

    private static float Value(string gate, int unit, int column) => (100 * gate[0]) + (10 * unit) + column;
}
