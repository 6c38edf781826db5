namespace Recurrent.Cli.Models;

/// <summary>Sizes that come from files and options, before something is allocated for them.</summary>
internal static class ArraySize
{
    /// <summary>The number of elements of steps of a batch.</summary>
    /// <exception cref="UnusableInputException">They would not fit an array.</exception>
    public static int Of(int time, int batch, int features) =>
        (Int128)time * batch * features is var size && size <= Array.MaxLength
            ? (int)size
            : throw new UnusableInputException(
                $"expected at most {Array.MaxLength} numbers, found {time} steps of {batch} sequences with {features} "
                + "features.");
}
