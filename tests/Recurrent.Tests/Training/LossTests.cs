using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>Losses are what their documentation says, and their gradients are their slopes.</summary>
public sealed class LossTests
{
    private const int Features = 3;
    private static readonly double[] Numbers = [0.3, -1.2, 0.9, 2.5, 0.1, -0.4];
    private static readonly double[] Probabilities = [0.2, 0.5, 0.3, 0.7, 0.1, 0.2];
    private static readonly double[] Targets = [1, 0, 0, 0.5, 0.25, 0.25];
    private static readonly int[] Classes = [2, 0];

    public static TheoryData<string> AllLosses => new(
        "mse", "mae", "huber", "bce", "bce logits", "cce", "cce logits", "scce", "scce logits");

    [Theory]
    [MemberData(nameof(AllLosses))]
    public void Gradients_are_central_differences(string name)
    {
        Loss loss = Create(name);
        double[] predictions = Predictions(name);
        double[] gradient = new double[predictions.Length];
        loss.Compute(Batch(loss, predictions), 0.5, gradient);
        for (int i = 0; i < predictions.Length; i++)
        {
            const double Step = 1e-6;
            double above = At(predictions[i] + Step);
            double below = At(predictions[i] - Step);
            Assert.Equal(0.5 * (above - below) / (2 * Step), gradient[i], 1e-7);

            double At(double value)
            {
                double[] moved = [.. predictions];
                moved[i] = value;
                return loss.Sum(Batch(loss, moved));
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllLosses))]
    public void Positions_that_do_not_count_have_neither_loss_nor_gradient(string name)
    {
        Loss loss = Create(name);
        double[] predictions = Predictions(name);
        double[] gradient = [9, 9, 9, 9, 9, 9];
        double both = loss.Compute(Batch(loss, predictions), 1, new double[6]);
        double second = loss.Compute(Batch(loss, predictions, [false, true]), 1, gradient);
        double first = loss.Compute(Batch(loss, predictions, [true, false]), 1, new double[6]);
        Assert.Equal([0, 0, 0], gradient[..3]);
        Assert.All(gradient[3..], element => Assert.NotEqual(9, element));
        Assert.Equal(both, first + second, 1e-12);
    }

    /// <summary>Keras's <c>sum_over_batch_size</c>: <c>sum_i w_i l_i / n</c>; the scale is <c>1 / n</c>.</summary>
    [Theory]
    [MemberData(nameof(AllLosses))]
    public void A_weight_is_a_factor_of_the_loss_and_of_the_gradient_of_its_position(string name)
    {
        Loss loss = Create(name);
        double[] predictions = Predictions(name);
        double[] plain = new double[6];
        loss.Compute(Batch(loss, predictions), 0.5, plain);
        double first = loss.Sum(Batch(loss, predictions, [true, false]));
        double second = loss.Sum(Batch(loss, predictions, [false, true]));
        double[] gradient = new double[6];
        double sum = loss.Compute(Batch(loss, predictions, null, [2, 0.25]), 0.5, gradient);
        Assert.Equal((2 * first) + (0.25 * second), sum, 1e-12);
        for (int i = 0; i < gradient.Length; i++)
        {
            Assert.Equal((i < Features ? 2 : 0.25) * plain[i], gradient[i], 1e-12);
        }

        sum = loss.Compute(Batch(loss, predictions, [false, true], [2, 0.25]), 0.5, gradient);
        Assert.Equal(0.25 * second, sum, 1e-12);
        Assert.Equal([0, 0, 0], gradient[..3]);
        Assert.All(gradient[3..].Zip(plain[3..]), pair => Assert.Equal(0.25 * pair.Second, pair.First, 1e-12));
        Assert.Equal(0.25 * second, loss.Sum(Batch(loss, predictions, null, [0, 0.25])), 1e-12);
    }

    [Theory]
    [MemberData(nameof(AllLosses))]
    public void Weights_of_one_give_the_bits_of_none(string name)
    {
        Loss loss = Create(name);
        foreach (bool[]? counts in new bool[]?[] { null, [true, false] })
        {
            double[] expected = new double[6];
            double[] found = new double[6];
            double sum = loss.Compute(Batch(loss, Predictions(name), counts), 0.3, expected);
            Assert.Equal(sum, loss.Compute(Batch(loss, Predictions(name), counts, [1, 1]), 0.3, found));
            Assert.Equal(expected, found);
        }
    }

    [Theory]
    [InlineData("mse", (0.49 + 1.44 + 0.81 + 4 + 0.0225 + 0.4225) / 3)]
    [InlineData("mae", (0.7 + 1.2 + 0.9 + 2 + 0.15 + 0.65) / 3)]
    [InlineData("huber", (0.245 + 0.7 + 0.405 + 1.5 + 0.01125 + 0.21125) / 3)]
    public void Sums_are_means_over_features(string name, double expected)
    {
        Loss loss = Create(name);
        Assert.Equal(expected, loss.Sum(Batch(loss, Numbers)), 1e-12);
    }

    [Fact]
    public void Cross_entropies_agree_between_logits_and_probabilities_and_between_classes_and_numbers()
    {
        double[] softmax = [.. Soft(Numbers[..3]), .. Soft(Numbers[3..])];
        double[] hot = [0, 0, 1, 1, 0, 0];
        double expected = -Math.Log(softmax[2]) - Math.Log(softmax[3]);
        Assert.Equal(expected, Sum(new CategoricalCrossEntropy(), softmax, hot), 1e-12);
        Assert.Equal(expected, Sum(new CategoricalCrossEntropy(fromLogits: true), Numbers, hot), 1e-12);
        var plain = new SparseCategoricalCrossEntropy();
        Assert.Equal(expected, plain.Sum(Batch(plain, softmax)), 1e-12);
        var sparse = new SparseCategoricalCrossEntropy(fromLogits: true);
        Assert.Equal(expected, sparse.Sum(Batch(sparse, Numbers)), 1e-12);

        double[] sigmoid = [.. Numbers.Select(logit => 1 / (1 + Math.Exp(-logit)))];
        Assert.Equal(
            Sum(new BinaryCrossEntropy(), sigmoid, Targets),
            Sum(new BinaryCrossEntropy(fromLogits: true), Numbers, Targets), 1e-12);

        static double[] Soft(double[] logits)
        {
            double[] powers = [.. logits.Select(Math.Exp)];
            return [.. powers.Select(power => power / powers.Sum())];
        }
    }

    [Fact]
    public void Logits_of_any_size_give_finite_losses()
    {
        double[] large = [1000, -1000, 0, -1000, 1000, 0];
        Assert.Equal(1000, Sum(new SparseCategoricalCrossEntropy(true), large[..3], []), 1e-9);
        Assert.Equal((2000 + Math.Log(2)) / 3, Sum(new BinaryCrossEntropy(true), large[..3], [0, 1, 0]), 1e-9);
    }

    [Fact]
    public void A_class_below_zero_does_not_count()
    {
        var loss = new SparseCategoricalCrossEntropy(true);
        double[] gradient = [9, 9, 9];
        LossBatch<double> batch = new() { Predictions = Numbers.AsSpan(0, 3), Classes = [-1], Features = 3 };
        Assert.Equal(0, loss.Compute(batch, 1, gradient));
        Assert.Equal([0, 0, 0], gradient);
    }

    [Fact]
    public void A_prediction_that_is_no_number_gives_a_loss_that_is_none()
    {
        foreach (string name in AllLosses.Select(row => row.Data))
        {
            Loss loss = Create(name);
            double[] predictions = [double.NaN, double.NaN, double.NaN, 0.5, 0.5, 0.5];
            Assert.True(double.IsNaN(loss.Sum(Batch(loss, predictions))), name);
        }
    }

    [Fact]
    public void Metrics_count_what_is_right()
    {
        Assert.Equal(2, new Accuracy().Sum(Batch(new SparseCategoricalCrossEntropy(), Numbers)));
        Assert.Equal(1, new Accuracy().Sum(new LossBatch<double> { Predictions = Numbers, Targets = Targets, Features = 3 }));
        LossBatch<double> shares = new() { Predictions = Probabilities, Targets = Targets, Features = 3 };
        Assert.Equal(4 / 3.0, new BinaryAccuracy().Sum(shares), 1e-12);
        Assert.Equal(3, new RootMeanSquaredError().Finish(9));
    }

    private static double Sum(Loss loss, double[] predictions, double[] targets) => loss.Sum(new LossBatch<double>
    {
        Predictions = predictions,
        Targets = targets,
        Classes = targets.Length == 0 ? [2] : [],
        Features = Features,
    });

    private static double[] Predictions(string name) => name is "bce" or "cce" or "scce" ? Probabilities : Numbers;

    private static LossBatch<double> Batch(
        Loss loss, double[] predictions, bool[]? counts = null, double[]? weights = null) => new()
        {
            Predictions = predictions,
            Targets = loss.NeedsClasses ? [] : Targets,
            Classes = loss.NeedsClasses ? Classes : [],
            Counts = counts,
            Weights = weights,
            Features = Features,
        };

    private static Loss Create(string name) => name switch
    {
        "mse" => new MeanSquaredError(),
        "mae" => new MeanAbsoluteError(),
        "huber" => new Huber(),
        "bce" => new BinaryCrossEntropy(),
        "bce logits" => new BinaryCrossEntropy(fromLogits: true),
        "cce" => new CategoricalCrossEntropy(),
        "cce logits" => new CategoricalCrossEntropy(fromLogits: true),
        "scce" => new SparseCategoricalCrossEntropy(),
        _ => new SparseCategoricalCrossEntropy(fromLogits: true),
    };
}
