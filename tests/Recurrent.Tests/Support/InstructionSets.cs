namespace Recurrent.Tests.Support;

/// <summary>Tests run on every instruction set that the machine has; the others are skipped by name.</summary>
internal static class InstructionSets
{
    public static TheoryData<InstructionSet> All =>
        new(InstructionSet.Scalar, InstructionSet.Avx2, InstructionSet.Avx512);

    public static ModelOptions Use(InstructionSet isa)
    {
        Assert.SkipUnless(
            Machine.InstructionSets.Contains(isa), $"{isa} is not on this machine ({Machine.Processor}).");
        return new ModelOptions { InstructionSet = isa };
    }
}
