using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Tests.Reference;

/// <summary>The oracle against the published equations, written out a second time with numbers for weights.</summary>
public sealed class HandComputedCellTests
{
    private const double Tolerance = 1e-12;

    [Fact]
    public void Simple_rnn_of_Elman_1990()
    {
        SimpleRnnSpecification rnn = new() { InputSize = 1, HiddenSize = 2 };
        CellWeights weights = new([0.5f, -1], [0.25f, 0.5f, -0.75f, 1], [0.125f, 0], [0.25f, -0.5f]);
        double a1 = Math.Tanh(0.375 + (0.5 * 2));
        double b1 = Math.Tanh(-0.5 - (1 * 2));
        double a2 = Math.Tanh(0.375 + (0.5 * -1) + (0.25 * a1) + (0.5 * b1));
        double b2 = Math.Tanh(-0.5 - (1 * -1) - (0.75 * a1) + (1 * b1));
        Require([a1, b1, a2, b2], new RecurrentLayer(rnn, weights), [2, -1]);
    }

    [Fact]
    public void Lstm_of_Hochreiter_and_Schmidhuber_1997_with_the_forget_gate_of_Gers_2000()
    {
        LstmSpecification lstm = new() { InputSize = 1, HiddenSize = 1 };
        CellWeights weights = new([0.5f, 1, -2, 0.75f], [1, -0.5f, 0.25f, 2], [0.5f, 1, 0, -1]);
        (double h, double c) = (0, 0);
        List<double> expected = [];
        foreach (double x in new[] { 1.5, -0.5, 0.25 })
        {
            double i = Sigmoid(0.5 + (0.5 * x) + (1 * h));
            double f = Sigmoid(1 + (1 * x) - (0.5 * h));
            double g = Math.Tanh((-2 * x) + (0.25 * h));
            double o = Sigmoid(-1 + (0.75 * x) + (2 * h));
            c = (f * c) + (i * g);
            h = o * Math.Tanh(c);
            expected.Add(h);
        }

        Require(expected, new RecurrentLayer(lstm, weights), [1.5, -0.5, 0.25]);
    }

    [Theory]
    [InlineData(OutputPeephole.NewCell)]
    [InlineData(OutputPeephole.PreviousCell)]
    public void Peepholes_of_Gers_and_Schmidhuber_2000(OutputPeephole seen)
    {
        LstmSpecification lstm = new() { InputSize = 1, HiddenSize = 1, OutputPeephole = seen };
        CellWeights weights = new(
            [0.5f, 1, -2, 0.75f], [1, -0.5f, 0.25f, 2], [0.5f, 1, 0, -1], peephole: [0.5f, -1.5f, 2]);
        (double h, double c) = (0, 0);
        List<double> expected = [];
        foreach (double x in new[] { 1.5, -0.5, 0.25 })
        {
            double i = Sigmoid(0.5 + (0.5 * x) + (1 * h) + (0.5 * c));
            double f = Sigmoid(1 + (1 * x) - (0.5 * h) - (1.5 * c));
            double g = Math.Tanh((-2 * x) + (0.25 * h));
            double next = (f * c) + (i * g);
            double o = Sigmoid(-1 + (0.75 * x) + (2 * h) + (2 * (seen == OutputPeephole.NewCell ? next : c)));
            c = next;
            h = o * Math.Tanh(c);
            expected.Add(h);
        }

        Require(expected, new RecurrentLayer(lstm, weights), [1.5, -0.5, 0.25]);
    }

    [Theory]
    [InlineData(GateCoupling.ForgetFromInput)]
    [InlineData(GateCoupling.InputFromForget)]
    public void Coupled_gates_replace_one_another_and_the_weights_replaced_are_not_used(GateCoupling coupling)
    {
        bool keepsInput = coupling == GateCoupling.ForgetFromInput;
        LstmSpecification lstm = new() { InputSize = 1, HiddenSize = 1, Coupling = coupling };
        float i0 = keepsInput ? 0.5f : float.NaN;
        float f0 = keepsInput ? float.NaN : 0.25f;
        CellWeights weights = new([i0, f0, -2, 0.75f], [1, -0.5f, 0.25f, 2]);
        (double h, double c) = (0, 0);
        List<double> expected = [];
        foreach (double x in new[] { 1.5, -0.5 })
        {
            double kept = keepsInput ? Sigmoid((0.5 * x) + (1 * h)) : Sigmoid((0.25 * x) - (0.5 * h));
            (double i, double f) = keepsInput ? (kept, 1 - kept) : (1 - kept, kept);
            double g = Math.Tanh((-2 * x) + (0.25 * h));
            double o = Sigmoid((0.75 * x) + (2 * h));
            c = (f * c) + (i * g);
            h = o * Math.Tanh(c);
            expected.Add(h);
        }

        Require(expected, new RecurrentLayer(lstm, weights), [1.5, -0.5]);
    }

    [Fact]
    public void Projection_of_Sak_2014_recurs_and_is_put_out()
    {
        LstmSpecification lstm = new() { InputSize = 1, HiddenSize = 2, ProjectionSize = 1 };
        CellWeights weights = new(
            [0.5f, 1, -2, 0.75f, 1, -1, 0.25f, 0.5f],
            [1, 2, 3, -1, -2, -3, 0.5f, -0.5f],
            projection: [0.5f, -1.5f]);
        double m = 0;
        double[] c = [0, 0];
        List<double> expected = [];
        foreach (double x in new[] { 1.5, -0.5 })
        {
            double[] h = new double[2];
            double[] w = [0.5, 1, -2, 0.75, 1, -1, 0.25, 0.5];
            double[] r = [1, 2, 3, -1, -2, -3, 0.5, -0.5];
            for (int u = 0; u < 2; u++)
            {
                double i = Sigmoid((w[u] * x) + (r[u] * m));
                double f = Sigmoid((w[2 + u] * x) + (r[2 + u] * m));
                double g = Math.Tanh((w[4 + u] * x) + (r[4 + u] * m));
                double o = Sigmoid((w[6 + u] * x) + (r[6 + u] * m));
                c[u] = (f * c[u]) + (i * g);
                h[u] = o * Math.Tanh(c[u]);
            }

            m = (0.5 * h[0]) - (1.5 * h[1]);
            expected.Add(m);
        }

        Require(expected, new RecurrentLayer(lstm, weights), [1.5, -0.5]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gru_of_Cho_2014_and_the_one_whose_reset_gate_applies_after_the_product(bool resetAfter)
    {
        GruSpecification gru = new() { InputSize = 1, HiddenSize = 2, ResetAfter = resetAfter };
        double[] w = [0.5, 1, -1, 0.75, 2, -0.5];
        double[] r = [1, -1, 0.5, 0.25, -0.5, 2, 1.5, 1, -2, 0.5, 1, -1];
        double[] bi = [0.25, -0.25, 0.5, 0, 1, -1];
        double[] bh = [0.5, 0, -0.5, 0.25, 0.75, -0.75];
        CellWeights weights = new(Floats(w), Floats(r), Floats(bi), Floats(bh));
        double[] h = [0.5, -0.25];
        List<double> expected = [];
        foreach (double x in new[] { 1.5, -0.5 })
        {
            double Product(int row, double first, double second) => (r[2 * row] * first) + (r[(2 * row) + 1] * second);
            double Gate(int row) => Sigmoid(bi[row] + bh[row] + (w[row] * x) + Product(row, h[0], h[1]));
            double[] reset = [Gate(0), Gate(1)];
            double[] next = new double[2];
            for (int u = 0; u < 2; u++)
            {
                int row = 4 + u;
                double n = resetAfter
                    ? Math.Tanh(bi[row] + (w[row] * x) + (reset[u] * (bh[row] + Product(row, h[0], h[1]))))
                    : Math.Tanh(bi[row] + bh[row] + (w[row] * x) + Product(row, reset[0] * h[0], reset[1] * h[1]));
                double z = Gate(2 + u);
                next[u] = ((1 - z) * n) + (z * h[u]);
            }

            h = next;
            expected.AddRange(h);
        }

        Require(expected, new RecurrentLayer(gru, weights), [1.5, -0.5], [0.5, -0.25]);
    }

    [Fact]
    public void Dense_with_its_activation()
    {
        DenseSpecification dense = new() { InputSize = 2, OutputSize = 2, Activation = Activation.Relu };
        DenseLayer layer = new(dense, new DenseWeights([1, 2, -3, 0.5f], [0.5f, -1]));
        Require([0.5 + 1 + 4, 0, 0.5 - 1, 2], layer, [1, 2, -1, 0], expectedIsBeforeRelu: true);
    }

    [Fact]
    public void Clip_bounds_every_pre_activation()
    {
        SimpleRnnSpecification rnn = new()
        {
            InputSize = 1,
            HiddenSize = 1,
            Activation = Activation.Identity,
            Clip = 0.5f,
        };
        Require([0.5, -0.5, 0.25], new RecurrentLayer(rnn, new CellWeights([1], [0])), [3, -3, 0.25]);
    }

    [Fact]
    public void Bidirectional_outputs_are_concatenated_and_the_reverse_one_starts_at_the_end()
    {
        SimpleRnnSpecification rnn = new()
        {
            InputSize = 1,
            HiddenSize = 1,
            Activation = Activation.Identity,
            Direction = Direction.Bidirectional,
        };

        // Sums of the steps so far, in each direction.
        RecurrentLayer layer = new(rnn, new CellWeights([1], [1]), new CellWeights([1], [1]));
        Require([1, 7, 3, 6, 7, 4], layer, [1, 2, 4]);
    }

    private static double Sigmoid(double a) => 1 / (1 + Math.Exp(-a));

    private static float[] Floats(double[] values) => Array.ConvertAll(values, value => (float)value);

    private static void Require(
        List<double> expected,
        Layer layer,
        double[] x,
        double[]? initialHidden = null,
        bool expectedIsBeforeRelu = false)
    {
        ReferenceSession<double> session = ReferenceModel<double>.Create(layer).OpenSession();
        if (initialHidden is not null)
        {
            session.SetState(0, Direction.Forward, StateKind.Hidden, initialHidden);
        }

        double[] y = new double[expected.Count];
        session.Run(x, y, x.Length / layer.Specification.InputSize);
        for (int i = 0; i < y.Length; i++)
        {
            double wanted = expectedIsBeforeRelu ? Math.Max(0, expected[i]) : expected[i];
            Assert.InRange(y[i], wanted - Tolerance, wanted + Tolerance);
        }
    }
}
