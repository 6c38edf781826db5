namespace Recurrent.Training;

internal sealed class ConstantInitializer(float value) : Initializer
{
    public override void Fill(Span<float> values, InitializerShape shape, SeededRandom random) => values.Fill(value);
}
