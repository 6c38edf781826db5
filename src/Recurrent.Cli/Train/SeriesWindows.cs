using Recurrent.Cli.Models;
using Recurrent.Training;

namespace Recurrent.Cli.Train;

/// <summary>Windows of a part of the series and what follows each, as the series has them and scaled.</summary>
/// <param name="X"><c>[count, window, features]</c></param>
/// <param name="Y"><c>[count, horizon * features]</c></param>
/// <param name="ScaledX">The same scaled.</param>
/// <param name="ScaledY">The same scaled.</param>
internal sealed record SeriesWindows(Sequences<float> X, float[] Y, Sequences<float> ScaledX, float[] ScaledY)
{
    public int Count => X.Count;

    /// <summary>The windows of a part, without those that have no value at all or lack one that is to be forecast.</summary>
    /// <exception cref="UnusableInputException">There is none.</exception>
    public static SeriesWindows Of(float[] part, SeriesScale scale, TrainRequest request, int features)
    {
        ArraySize.Of(part.Length / features, request.Window, features);
        ArraySize.Of(part.Length / features, request.Horizon, features);
        (Sequences<float> x, Targets<float> y) = TimeSeries.Windows<float>(
            part, request.Window, request.Horizon, features: features);
        int inputs = request.Window * features;
        int outputs = request.Horizon * features;
        float[] keptX = x.Values.ToArray();
        float[] keptY = y.Values.ToArray();
        if (request.Missing == MissingPolicy.Mask)
        {
            int[] kept =
            [
                .. Enumerable.Range(0, x.Count).Where(i =>
                    !keptY[(i * outputs)..((i + 1) * outputs)].Any(float.IsNaN)
                    && !keptX[(i * inputs)..((i + 1) * inputs)].All(float.IsNaN)),
            ];
            keptX = [.. kept.SelectMany(i => keptX[(i * inputs)..((i + 1) * inputs)])];
            keptY = [.. kept.SelectMany(i => keptY[(i * outputs)..((i + 1) * outputs)])];
        }

        int count = keptY.Length / outputs;
        return count == 0
            ? throw new UnusableInputException(
                $"{request.File}: expected a window with values and all values after it, found none; too many are missing.")
            : new SeriesWindows(
                Sequences.Of(keptX, count, features),
                keptY,
                Sequences.Of(scale.Transform(keptX), count, features),
                scale.Transform(keptY));
    }
}
