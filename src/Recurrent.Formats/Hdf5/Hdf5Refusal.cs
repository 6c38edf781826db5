namespace Recurrent.Formats.Hdf5;

/// <summary>Refusals of HDF5 files.</summary>
internal static class Hdf5Refusal
{
    /// <summary>What is wrong at a byte of the file.</summary>
    public static ModelFormatException At(long offset, string reason) => new($"HDF5, byte {offset}: {reason}.");
}
