using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Hdf5;

/// <summary>
/// The pieces of an HDF5 file. Each is checked against the file's size, and asked of a budget before it is read: so that
/// a file in which addresses go around in circles ends in a refusal.
/// </summary>
internal sealed class Hdf5Pieces(ByteSource source, MemoryBudget budget)
{
    // A piece, its array and what is made of it.
    private const int PieceBytes = 256;

    public ByteSource Source => source;

    public MemoryBudget Budget => budget;

    /// <summary>Reads a piece.</summary>
    /// <param name="offset">Where it begins.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="what">What it is, for messages.</param>
    public Hdf5Block Read(long offset, long length, string what)
    {
        RequireInside(offset, length, what);
        if (length > Array.MaxLength)
        {
            throw Hdf5Refusal.At(offset, $"{what}: expected at most {Array.MaxLength} bytes, found {length}");
        }

        budget.Take(PieceBytes + length, $"HDF5, byte {offset}: {what}");
        var bytes = new byte[length];
        source.Read(offset, bytes);
        return new Hdf5Block(bytes, offset);
    }

    public void RequireInside(long offset, long length, string what)
    {
        if (offset < 0 || length < 0 || offset > source.Length || length > source.Length - offset)
        {
            throw new ModelFormatException(
                $"HDF5: {what}: {length} bytes at byte {offset} are not inside the {source.Length} bytes of the file.");
        }
    }
}
