using Recurrent.Tests.Shared;

namespace Recurrent.Fuzz.Mutations;

/// <summary>
/// Damages a file of this library, mostly what stands in front of its weights, and makes its checksums right again: with wrong ones
/// nothing else is looked at.
/// </summary>
internal sealed class ContainerMutator : IMutator
{
    private const int HeaderBytes = 64;
    private const int MostFrontBytes = 1500;

    public static ContainerMutator Instance { get; } = new();

    public bool Knows(string name) => Path.GetExtension(name) == ".recurrent";

    public byte[]? Mutate(byte[] bytes, byte[] other, Random random)
    {
        if (bytes.Length < HeaderBytes)
        {
            return null;
        }

        // The model, or the records of the section that is last: packed weights, where a file has them.
        int from = random.Next(4) == 0 ? ContainerChecksums.BeginningOfLastSection(bytes) : 0;
        byte[] changed = random.Next(4) == 0
            ? ByteMutator.Instance.Mutate(bytes, other, random)
            : ByteMutator.WithInteger(bytes, from + (random.Next(Math.Min(bytes.Length - from, MostFrontBytes)) & ~3), random);
        ContainerChecksums.Renew(changed);
        return changed;
    }
}
