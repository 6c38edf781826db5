namespace Recurrent.Training;

internal sealed class UniformInitializer(Func<InitializerShape, double> bound) : Initializer
{
    public override void Fill(Span<float> values, InitializerShape shape, SeededRandom random)
    {
        double limit = bound(shape);
        foreach (ref float value in values)
        {
            value = (float)(((2 * random.NextDouble()) - 1) * limit);
        }
    }
}
