using System.Runtime.InteropServices;

namespace Recurrent.Tests.Support;

/// <summary>
/// Tests run on every instruction set that the machine has; others of its architecture are skipped by name.
/// </summary>
internal static class InstructionSets
{
    public static TheoryData<InstructionSet> All => new(Known);

    /// <summary>Every instruction set with every cell.</summary>
    public static TheoryData<InstructionSet, CellKind> Kernels => With(CellKinds.Products);

    private static IEnumerable<InstructionSet> Known =>
        Machine.KnownInstructionSets.Select(set => set.InstructionSet).Where(IsOfThisArchitecture);

    /// <summary>Every instruction set with each of some values.</summary>
    public static TheoryData<InstructionSet, T> With<T>(IEnumerable<T> values)
    {
        TheoryData<InstructionSet, T> data = [];
        foreach (InstructionSet isa in Known)
        {
            foreach (T value in values)
            {
                data.Add(isa, value);
            }
        }

        return data;
    }

    public static int VectorWidth(InstructionSet isa) =>
        Machine.KnownInstructionSets.First(set => set.InstructionSet == isa).VectorWidth;

    public static ModelOptions Use(InstructionSet isa)
    {
        Assert.SkipUnless(
            Machine.InstructionSets.Contains(isa), $"{isa} is not on this machine ({Machine.Processor}).");
        return new ModelOptions { InstructionSet = isa };
    }

    private static bool IsOfThisArchitecture(InstructionSet isa) => isa switch
    {
        InstructionSet.Avx2 or InstructionSet.Avx512 => RuntimeInformation.ProcessArchitecture == Architecture.X64,
        InstructionSet.Neon => RuntimeInformation.ProcessArchitecture == Architecture.Arm64,
        _ => true,
    };
}
