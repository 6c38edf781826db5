namespace Recurrent.Fuzz.Mutations;

/// <summary>Damages a file in a way that leaves some of its structure whole.</summary>
internal interface IMutator
{
    /// <summary>Whether a file is one for it, by its name.</summary>
    bool Knows(string name) => true;

    /// <summary>Damages a file.</summary>
    /// <param name="bytes">The file, which may be damaged already. It is not changed.</param>
    /// <param name="other">Another file of the format, to take from.</param>
    /// <param name="random">What decides.</param>
    /// <returns>The damaged file; null if nothing of the structure was found.</returns>
    byte[]? Mutate(byte[] bytes, byte[] other, Random random);
}
