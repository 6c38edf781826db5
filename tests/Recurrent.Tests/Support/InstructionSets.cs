namespace Recurrent.Tests.Support;

/// <summary>Tests run on every instruction set that the machine has; the others are skipped by name.</summary>
internal static class InstructionSets
{
    public static TheoryData<InstructionSet> All =>
        new(InstructionSet.Scalar, InstructionSet.Avx2, InstructionSet.Avx512);

    /// <summary>Every instruction set with every cell.</summary>
    public static TheoryData<InstructionSet, CellKind> Kernels
    {
        get
        {
            TheoryData<InstructionSet, CellKind> data = [];
            foreach (InstructionSet isa in new[] { InstructionSet.Scalar, InstructionSet.Avx2, InstructionSet.Avx512 })
            {
                foreach (CellKind cell in CellKinds.Products)
                {
                    data.Add(isa, cell);
                }
            }

            return data;
        }
    }

    public static ModelOptions Use(InstructionSet isa)
    {
        Assert.SkipUnless(
            Machine.InstructionSets.Contains(isa), $"{isa} is not on this machine ({Machine.Processor}).");
        return new ModelOptions { InstructionSet = isa };
    }
}
