using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Hdf5;

/// <summary>What the objects of a file have in common.</summary>
internal sealed class Hdf5Context(Hdf5Pieces pieces, MemoryBudget values)
{
    public Hdf5Pieces Pieces => pieces;

    /// <summary>What the values of tensors are asked of.</summary>
    public MemoryBudget Values => values;

    /// <summary>Texts of variable length.</summary>
    public Hdf5GlobalHeap Heap { get; } = new(pieces);
}
