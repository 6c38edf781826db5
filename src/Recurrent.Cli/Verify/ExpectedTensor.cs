namespace Recurrent.Cli.Verify;

/// <summary>What an output should be.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Shape">Sizes of its axes.</param>
/// <param name="Values">Its values, row-major.</param>
/// <param name="TorchError">
/// How far PyTorch's own float32 run is from its float64 run; 0 where that is not known.
/// </param>
internal sealed record ExpectedTensor(
    string Name, IReadOnlyList<long> Shape, double[] Values, double TorchError = 0);
