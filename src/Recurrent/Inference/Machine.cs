using System.Runtime.InteropServices;
using Recurrent.Interop;

namespace Recurrent;

/// <summary>What the native library found on this machine. Read once; any thread.</summary>
/// <remarks>
/// Every member throws a <see cref="NativeLibraryException"/> if the native library cannot be used, and an
/// <see cref="ArgumentException"/> or <see cref="PlatformNotSupportedException"/> if the environment variable
/// RECURRENT_ISA names an instruction set that is unknown or that this machine does not have.
/// </remarks>
public static class Machine
{
    // A failure is not kept: the next call asks again.
    private static readonly Lazy<Findings> Found = new(Read, LazyThreadSafetyMode.PublicationOnly);

    /// <summary>
    /// What <see cref="InstructionSet.Auto"/> means: the best one, or the one that RECURRENT_ISA forces.
    /// </summary>
    public static InstructionSet InstructionSet => Found.Value.InstructionSet;

    /// <summary>The instruction sets that this machine can run, from the plainest to the widest.</summary>
    public static IReadOnlyList<InstructionSet> InstructionSets => Found.Value.InstructionSets;

    /// <summary>All that the library knows, from the plainest to the widest, whether this machine can run them or not.</summary>
    public static IReadOnlyList<InstructionSetInfo> KnownInstructionSets => Found.Value.KnownInstructionSets;

    /// <summary>Logical processors that this process may use.</summary>
    public static int Processors => Found.Value.Processors;

    /// <summary>Bytes of a core's first-level data cache; 0 if unknown.</summary>
    public static long L1DataBytes => Found.Value.L1DataBytes;

    /// <summary>Bytes of a core's second-level cache; 0 if unknown.</summary>
    public static long L2Bytes => Found.Value.L2Bytes;

    /// <summary>Bytes of the last-level cache; 0 if unknown.</summary>
    public static long L3Bytes => Found.Value.L3Bytes;

    /// <summary>Brand string of the processor.</summary>
    public static string Processor => Found.Value.Processor;

    /// <summary>Whether Intel MKL was found and loaded.</summary>
    public static bool MklAvailable => Found.Value.MklAvailable;

    /// <summary>
    /// Where MKL was found, its version and the code path that it takes here; or why it is not available.
    /// </summary>
    public static string Mkl => Found.Value.Mkl;

    /// <summary>Version of the native library.</summary>
    public static string LibraryVersion => Found.Value.LibraryVersion;

    private static unsafe Findings Read()
    {
        NativeLibraryLoader.EnsureLoaded();
        NativeMachineInfo info = new();
        NativeMethods.GetMachineInfo(&info).ThrowIfFailed();
        InstructionSetInfo[] known = ReadInstructionSets();
        return new Findings(
            (InstructionSet)info.Isa,
            [.. known.Where(set => set.IsSupported).Select(set => set.InstructionSet)],
            known,
            info.Processors,
            info.L1dBytes,
            info.L2Bytes,
            info.L3Bytes,
            Text(info.Cpu),
            info.MklAvailable != 0,
            Text(info.Mkl),
            Text(info.Version));
    }

    private static unsafe InstructionSetInfo[] ReadInstructionSets()
    {
        long count = 0;
        NativeMethods.GetInstructionSets(null, 0, &count).ThrowIfFailed();
        NativeInstructionSet[] sets = new NativeInstructionSet[count];
        Array.Fill(sets, new NativeInstructionSet());
        fixed (NativeInstructionSet* first = sets)
        {
            NativeMethods.GetInstructionSets(first, count, &count).ThrowIfFailed();
        }

        return Array.ConvertAll(sets, set => new InstructionSetInfo(
            (InstructionSet)set.Isa, Text(set.Name), set.Width, set.Supported != 0));
    }

    private static unsafe string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? string.Empty;

    private sealed record Findings(
        InstructionSet InstructionSet,
        IReadOnlyList<InstructionSet> InstructionSets,
        IReadOnlyList<InstructionSetInfo> KnownInstructionSets,
        int Processors,
        long L1DataBytes,
        long L2Bytes,
        long L3Bytes,
        string Processor,
        bool MklAvailable,
        string Mkl,
        string LibraryVersion);
}
