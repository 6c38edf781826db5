using Recurrent.Reference;

namespace Recurrent.Tests.Support;

/// <summary>Compares gradients with central differences in double.</summary>
internal static class FiniteDifferences
{
    private const double Tolerance = 1e-6;

    // Of a central difference, and of one-sided ones: a kink within such a step is on one side of it only.
    private const double CentralStep = 1e-5;
    private const double SmallerStep = 1e-7;
    private const double OneSidedStep = 1e-8;

    /// <summary>Checks some elements of every kind; all where there are few.</summary>
    /// <param name="data">The case.</param>
    /// <param name="most">How many of each kind.</param>
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
        session.SetParameters(parameters);
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

                Difference[] differences =
                [
                    Over(CentralStep, -CentralStep), Over(SmallerStep, -SmallerStep),
                    Over(OneSidedStep, 0), Over(0, -OneSidedStep),
                ];
                if (!differences.Any(difference => difference.IsAt(found[i]))
                    && IsSmooth(differences[2], differences[3]))
                {
                    Assert.Fail(
                        $"{what} {i} of {values.Length}: gradient {found[i]:R}, "
                        + $"{string.Join(", ", differences)}; largest {scale:E3}, {data}");
                }

                Difference Over(double up, double down)
                {
                    double value = values[i];
                    values[i] = value + up;
                    (double above, double magnitude) = loss();
                    values[i] = value + down;
                    double below = loss().Value;
                    values[i] = value;
                    double slope = (above - below) / (up - down);
                    double rounding = 1e-15 * magnitude / (up - down);
                    return new Difference(slope, (Tolerance * Math.Max(scale, Math.Abs(slope))) + rounding);
                }
            }
        }
    }

    /// <summary>
    /// Whether both sides have the same slope. Where relu is at 0 and the state it came from was 0 there is no derivative.
    /// </summary>
    private static bool IsSmooth(Difference right, Difference left) =>
        Math.Abs(right.Slope - left.Slope)
        <= right.Tolerance + left.Tolerance + (1e-3 * Math.Max(Math.Abs(right.Slope), Math.Abs(left.Slope)));

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

    /// <summary>A slope, and how far from it a gradient may be.</summary>
    private readonly record struct Difference(double Slope, double Tolerance)
    {
        public bool IsAt(double gradient) => Math.Abs(Slope - gradient) <= Tolerance;
    }
}
