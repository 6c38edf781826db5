namespace Recurrent.Training;

/// <summary>The forecasters of a <see cref="PredictionFiller"/>.</summary>
public sealed record PredictionFillerOptions
{
    /// <summary>Steps that a prediction is made from; 10 if nothing is said.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public int Window
    {
        get;
        init => field = Layers.Require.Within(value, 1, int.MaxValue, nameof(Window));
    } = 10;

    /// <summary>Hidden units of the LSTM; 20 if nothing is said.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public int HiddenSize
    {
        get;
        init => field = Layers.Require.Within(value, 1, int.MaxValue, nameof(HiddenSize));
    } = 20;

    /// <summary>Times that the training part is gone through; 100 if nothing is said.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is below 1.</exception>
    public int Epochs
    {
        get;
        init => field = Layers.Require.Within(value, 1, int.MaxValue, nameof(Epochs));
    } = 100;

    /// <summary>Where parameters and order come from; the same seed gives the same values.</summary>
    public ulong Seed { get; init; } = 1;
}
