using System.Globalization;

namespace Recurrent.Fuzz;

/// <summary>What has become of the files of a format.</summary>
internal sealed class Tally
{
    private long _mostAllocated;
    private long _bytesThere;

    public long Files { get; private set; }

    public long Refused { get; private set; }

    /// <summary>Models that were computed.</summary>
    public long Ran { get; set; }

    public void Count(bool refused, long bytes, long allocated)
    {
        Files++;
        Refused += refused ? 1 : 0;
        if (allocated > _mostAllocated)
        {
            _mostAllocated = allocated;
            _bytesThere = bytes;
        }
    }

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Files} files, {Refused} refused, {Ran} models computed, at most {_mostAllocated} bytes for a file of {_bytesThere}");
}
