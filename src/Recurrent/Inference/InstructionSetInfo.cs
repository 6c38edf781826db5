namespace Recurrent;

/// <summary>An instruction set that the native library knows; see <see cref="Machine.KnownInstructionSets"/>.</summary>
/// <param name="InstructionSet">The instruction set.</param>
/// <param name="Name">Its name, as the environment variable RECURRENT_ISA takes it.</param>
/// <param name="VectorWidth">Floats of a vector; 1 for plain C++.</param>
/// <param name="IsSupported">Whether this machine can run it and the library was built with it.</param>
public sealed record InstructionSetInfo(
    InstructionSet InstructionSet, string Name, int VectorWidth, bool IsSupported);
