using Recurrent.Reference;

namespace Recurrent.Tests.Support;

/// <summary>Compares gradients with central differences in double.</summary>
internal static class FiniteDifferences
{
    private const double Tolerance = 1e-6;

    // The first one suits smooth functions best; with the last ones hardly any step crosses a kink.
    private static readonly double[] StepSizes = [1e-5, 1e-6, 1e-7];

    /// <summary>Checks some elements of every kind; all where there are few.</summary>
    public static void Check(GradientData data, int most)
    {
        ReferenceGradientSession<double> session =
            ReferenceGradientSession<double>.Open(data.Definition, data.Dropout);
        Gradients<double> gradients = data.ComputeReference(session);
        double[] parameters = new double[session.ParameterCount];
        session.GetParameters(parameters);
        double[] x = data.X<double>();
        double[] states = StartStates(session, data);
        Random random = new(data.Case.Seed);
        Check("parameter", parameters, gradients.Parameters, () =>
        {
            session.SetParameters(parameters);
            return data.Loss(session, x, data.States<double>());
        });
        Check("input", x, gradients.X, () => data.Loss(session, x, data.States<double>()));
        Check("initial state", states, gradients.States, () => data.Loss(session, x, states));

        void Check(string what, double[] values, double[] found, Func<(double Value, double Size)> loss)
        {
            double scale = found.Length == 0 ? 0 : found.Max(Math.Abs);
            int[] places = [.. Enumerable.Range(0, values.Length)];
            random.Shuffle(places);
            foreach (int i in places.Take(most))
            {
                // A missing step has no gradient, and one that begins to be there would be another function.
                if (what == "input" && IsMaskValue(values[i], data))
                {
                    continue;
                }

                string[] differences = [.. StepSizes.Select(size => Difference(size)).OfType<string>()];
                if (differences.Length == StepSizes.Length)
                {
                    Assert.Fail(
                        $"{what} {i} of {values.Length}: {string.Join("; ", differences)}; largest {scale:E3}, {data}");
                }

                string? Difference(double size)
                {
                    double value = values[i];
                    double step = size * Math.Max(1, Math.Abs(value));
                    values[i] = value + step;
                    (double above, double magnitude) = loss();
                    values[i] = value - step;
                    double below = loss().Value;
                    values[i] = value;
                    double expected = (above - below) / (2 * step);
                    double tolerance = (Tolerance * Math.Max(scale, Math.Abs(expected))) + (1e-15 * magnitude / step);
                    return Math.Abs(expected - found[i]) <= tolerance
                        ? null
                        : $"difference {expected:R}, gradient {found[i]:R} (tolerance {tolerance:E1})";
                }
            }
        }
    }

    /// <summary>The states that the batch starts from, given or not.</summary>
    private static double[] StartStates(ReferenceGradientSession<double> session, GradientData data)
    {
        if (data.Data.States is not null)
        {
            return data.States<double>();
        }

        ReferenceSession<double> start = ReferenceModel<double>.Create(data.Definition).OpenSession(data.Case.Batch);
        double[] states = new double[data.Case.Batch * session.StateSize];
        start.SaveState(states);
        return states;
    }

    private static bool IsMaskValue(double value, GradientData data) =>
        double.IsNaN(value) || (data.Definition.Masking is { } masking && value == masking.Value);
}
