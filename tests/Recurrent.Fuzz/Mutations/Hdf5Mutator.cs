using System.Buffers;
using System.Text;

namespace Recurrent.Fuzz.Mutations;

/// <summary>
/// Damages numbers behind the signatures of an HDF5 file's structures, or lets one address name what another one does: damage
/// of any byte mostly hits weights.
/// </summary>
internal sealed class Hdf5Mutator(params string[] extensions) : IMutator
{
    private const int MostStructureBytes = 64;

    private const int SignatureBytes = 4;

    private static readonly SearchValues<string> Signatures =
        SearchValues.Create(["TREE", "SNOD", "HEAP", "GCOL", "OHDR", "OCHK"], StringComparison.Ordinal);

    public bool Knows(string name) => extensions.Contains(Path.GetExtension(name));

    public byte[]? Mutate(byte[] bytes, byte[] other, Random random)
    {
        List<int> structures = Structures(bytes);
        int structure = structures[random.Next(structures.Count)];
        int place = Math.Min(bytes.Length - 1, structure + random.Next(MostStructureBytes));
        if (place < 0)
        {
            return null;
        }

        return random.Next(3) == 0 ? WithAddress(bytes, structures, random) : ByteMutator.WithInteger(bytes, place, random);
    }

    /// <summary>The beginning of the file, and of each of its structures, in order.</summary>
    private static List<int> Structures(byte[] bytes)
    {
        List<int> structures = [0];
        ReadOnlySpan<char> text = Encoding.Latin1.GetString(bytes);
        for (int at = 0, found; (found = text[at..].IndexOfAny(Signatures)) >= 0; at += found + SignatureBytes)
        {
            structures.Add(at + found);
        }

        return structures;
    }

    /// <summary>Puts the address of a structure into the place of another address.</summary>
    private static byte[]? WithAddress(byte[] bytes, List<int> structures, Random random)
    {
        HashSet<long> known = [.. structures.Select(structure => (long)structure)];
        List<int> addresses = [];
        for (int at = 0; at + sizeof(long) <= bytes.Length; at += sizeof(long))
        {
            long value = BitConverter.ToInt64(bytes, at);
            if (value > 0 && known.Contains(value))
            {
                addresses.Add(at);
            }
        }

        if (addresses.Count == 0)
        {
            return null;
        }

        byte[] changed = [.. bytes];
        BitConverter.GetBytes((long)structures[random.Next(structures.Count)])
            .CopyTo(changed, addresses[random.Next(addresses.Count)]);
        return changed;
    }
}
