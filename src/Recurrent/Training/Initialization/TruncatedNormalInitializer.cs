namespace Recurrent.Training;

/// <summary>Normal numbers without those beyond two standard deviations, widened so that the variance is what it says.</summary>
internal sealed class TruncatedNormalInitializer(Func<InitializerShape, double> standardDeviation) : Initializer
{
    /// <summary>Standard deviation of a standard normal number that is cut off at ±2.</summary>
    private const double Cut = 0.87962566103423978;

    public override void Fill(Span<float> values, InitializerShape shape, SeededRandom random)
    {
        double scale = standardDeviation(shape) / Cut;
        foreach (ref float value in values)
        {
            double normal;
            do
            {
                normal = random.NextNormal();
            }
            while (Math.Abs(normal) > 2);
            value = (float)(normal * scale);
        }
    }
}
