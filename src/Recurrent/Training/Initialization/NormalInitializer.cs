namespace Recurrent.Training;

internal sealed class NormalInitializer(double standardDeviation) : Initializer
{
    public override void Fill(Span<float> values, InitializerShape shape, SeededRandom random)
    {
        foreach (ref float value in values)
        {
            value = (float)(standardDeviation * random.NextNormal());
        }
    }
}
