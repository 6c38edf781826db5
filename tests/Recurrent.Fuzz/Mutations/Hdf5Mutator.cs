using System.Text;

namespace Recurrent.Fuzz.Mutations;

/// <summary>
/// Damages numbers behind the signatures of an HDF5 file's structures, or lets one address name what another one does: damage
/// of any byte mostly hits weights.
/// </summary>
internal sealed class Hdf5Mutator(params string[] extensions) : IMutator
{
    private const int MostStructureBytes = 64;

    private static readonly byte[][] Signatures =
        [.. ((string[])["TREE", "SNOD", "HEAP", "GCOL", "OHDR", "OCHK"]).Select(Encoding.ASCII.GetBytes)];

    public bool Knows(string name) => extensions.Contains(Path.GetExtension(name));

    public byte[]? Mutate(byte[] bytes, byte[] other, Random random)
    {
        List<int> structures = [0];
        for (int at = 0; at + 4 <= bytes.Length; at++)
        {
            if (Array.Exists(Signatures, signature => bytes.AsSpan(at).StartsWith(signature)))
            {
                structures.Add(at);
            }
        }

        int structure = structures[random.Next(structures.Count)];
        int place = Math.Min(bytes.Length - 1, structure + random.Next(MostStructureBytes));
        if (place < 0)
        {
            return null;
        }

        return random.Next(3) == 0 ? WithAddress(bytes, structures, random) : ByteMutator.WithInteger(bytes, place, random);
    }

    /// <summary>Puts the address of a structure into the place of another address.</summary>
    private static byte[]? WithAddress(byte[] bytes, List<int> structures, Random random)
    {
        List<int> addresses = [];
        for (int at = 0; at + sizeof(long) <= bytes.Length; at += sizeof(long))
        {
            long value = BitConverter.ToInt64(bytes, at);
            if (value > 0 && value < bytes.Length && structures.Contains((int)value))
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
