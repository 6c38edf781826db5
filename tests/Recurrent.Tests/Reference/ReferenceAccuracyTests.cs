using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Reference;

/// <summary>Canonical arithmetic against the oracle: float rounding and nothing more.</summary>
public sealed class ReferenceAccuracyTests
{
    public static TheoryData<CellKind> Cells => new(CellKinds.Products);

    [Theory]
    [MemberData(nameof(Cells))]
    public void Float_stays_close_to_double(CellKind cell)
    {
        SequenceData data = new(new SequenceCase
        {
            Seed = 11,
            InputSize = 30,
            Batch = 3,
            Time = 25,
            Layers = [new LayerCase { Cell = cell, Size = 40 }],
        });
        double[] expected = RunDouble(data);
        float[] actual = data.RunReference().Y;
        double largest = expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.True(
                Math.Abs(expected[i] - actual[i]) <= 2e-6 * largest,
                $"element {i}: expected {expected[i]:R}, found {actual[i]:R}");
        }

        // And it is float arithmetic, not the oracle rounded.
        Assert.Contains(Enumerable.Range(0, expected.Length), i => (float)expected[i] != actual[i]);
    }

    [Theory]
    [InlineData(ActivationKind.Tanh)]
    [InlineData(ActivationKind.Sigmoid)]
    [InlineData(ActivationKind.ScaledTanh)]
    [InlineData(ActivationKind.Elu)]
    [InlineData(ActivationKind.Softplus)]
    public void Canonical_activations_are_within_a_few_roundings(ActivationKind kind)
    {
        Activation activation = new(kind, 0.75f, 1.25f);
        ActivationFunction<float, CanonicalArithmetic> canonical = new(activation);
        ActivationFunction<double, OracleArithmetic<double>> oracle = new(activation);
        for (float a = -110; a < 110; a += 0.0137f)
        {
            double expected = oracle.Of(a);
            Assert.True(
                Math.Abs(expected - canonical.Of(a)) <= Math.Max(1.2e-38, 6e-7 * Math.Abs(expected)),
                $"{kind}({a:R}): expected {expected:R}, found {canonical.Of(a):R}");
        }
    }

    [Theory]
    [InlineData(1e-12)]
    [InlineData(-1e-9)]
    [InlineData(0.3)]
    [InlineData(-5)]
    [InlineData(-800)]
    public void The_oracle_is_accurate_where_the_plain_formulas_are_not(double a)
    {
        // The series, to where its terms end for a double.
        double expm1 = Math.Abs(a) < 1e-3 ? a + (a * a / 2) + (a * a * a / 6) : Math.Exp(a) - 1;
        double log1p = Math.Abs(a) < 1e-3 ? a - (a * a / 2) + (a * a * a / 3) : Math.Log(1 + a);
        Assert.Equal(expm1, OracleArithmetic<double>.Expm1(a), Math.Abs(expm1) * 1e-14);
        if (a > -1)
        {
            Assert.Equal(log1p, OracleArithmetic<double>.Log1p(a), Math.Abs(log1p) * 1e-14);
        }
    }

    [Fact]
    public void The_oracle_has_the_right_limits()
    {
        Assert.Equal(-1, OracleArithmetic<double>.Expm1(double.NegativeInfinity));
        Assert.Equal(double.PositiveInfinity, OracleArithmetic<double>.Expm1(double.PositiveInfinity));
        Assert.Equal(double.PositiveInfinity, OracleArithmetic<double>.Log1p(double.PositiveInfinity));
        Assert.Equal(0, OracleArithmetic<double>.Sigmoid(double.NegativeInfinity));
        Assert.Equal(1, OracleArithmetic<double>.Sigmoid(double.PositiveInfinity));
        Assert.Equal(Math.Exp(-700), OracleArithmetic<double>.Sigmoid(-700), Math.Exp(-700) * 1e-12);
        Assert.True(double.IsNaN(OracleArithmetic<double>.Expm1(double.NaN)));
        Assert.True(double.IsNaN(OracleArithmetic<double>.Log1p(double.NaN)));
    }

    [Fact]
    public void The_oracle_flushes_nothing()
    {
        DenseLayer identity = new(new DenseSpecification { InputSize = 1, OutputSize = 1 }, new DenseWeights([1]));
        double[] y = new double[1];
        ReferenceModel<double>.Create(identity).OpenSession().Step([1e-300], y);
        Assert.Equal(1e-300, y[0]);
    }

    private static double[] RunDouble(SequenceData data)
    {
        ReferenceModel<double> model = ReferenceModel<double>.Create(data.Layers);
        double[] y = new double[data.Case.Time * data.Case.Batch * data.Case.OutputSize];
        model.OpenSession(data.Case.Batch).Run(Array.ConvertAll(data.X, value => (double)value), y, data.Case.Time);
        return y;
    }
}
