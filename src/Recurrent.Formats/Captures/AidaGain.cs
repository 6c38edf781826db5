using Recurrent.Formats.Json;

namespace Recurrent.Formats.Captures;

/// <summary>
/// What AIDA-X adds to RTNeural's JSON: <c>y = (g x + f(g x)) G</c> with the gains <c>g</c> (<c>in_gain</c>) and
/// <c>G</c> (<c>out_gain</c>) in decibels, the first summand with <c>in_skip</c> only.
/// </summary>
/// <param name="Skips">Whether the input is added to the output.</param>
/// <param name="Input">Factor before the network.</param>
/// <param name="Output">Factor behind everything.</param>
internal readonly record struct AidaGain(bool Skips, float Input, float Output)
{
    // AIDA-X takes this and everything below it as silence.
    private const double SilentDecibels = -90;

    public static AidaGain Read(JsonValue root) => new(
        root.Find("in_skip")?.Integer(0, 1) == 1,
        Factor(root.Find("in_gain")),
        Factor(root.Find("out_gain")));

    public void AddInput(LayerListBuilder layers) => layers.AddFactor("in_gain", Input);

    /// <summary>Adds the rest.</summary>
    /// <param name="layers">The model, its network complete.</param>
    /// <param name="begin">The first layer of the network.</param>
    public void AddOutput(LayerListBuilder layers, int begin)
    {
        if (Skips)
        {
            layers.AddResidual("in_skip", begin);
        }

        layers.AddFactor("out_gain", Output);
    }

    private static float Factor(JsonValue? gain)
    {
        if (gain is not { } value)
        {
            return 1;
        }

        double decibels = value.Number();
        float factor = decibels > SilentDecibels ? (float)Math.Pow(10, decibels / 20) : 0;
        return float.IsFinite(factor) ? factor : throw value.Unexpected("a gain in decibels");
    }
}
