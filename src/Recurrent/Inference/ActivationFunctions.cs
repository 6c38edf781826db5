using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <summary>The activations of the kernels over plain arrays, with the canonical arithmetic. Any thread.</summary>
public static class ActivationFunctions
{
    /// <summary>Applies an activation to every element.</summary>
    /// <param name="activation">The function.</param>
    /// <param name="x">Arguments <c>[count]</c>.</param>
    /// <param name="y">
    /// Receives <c>[count]</c>, of exactly the length of <paramref name="x"/>; may be the same memory, but must not
    /// overlap it otherwise.
    /// </param>
    /// <param name="instructionSet">Instruction set to use; every one gives the same bits.</param>
    /// <exception cref="ArgumentException">
    /// The activation is not usable, the lengths differ, or the spans overlap partly.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">This machine does not have the instruction set.</exception>
    /// <exception cref="NativeLibraryException">The native library cannot be used; the message says why.</exception>
    public static unsafe void Apply(
        Activation activation,
        ReadOnlySpan<float> x,
        Span<float> y,
        InstructionSet instructionSet = InstructionSet.Auto)
    {
        Require.Usable(activation, nameof(activation));
        Require.Defined(instructionSet, nameof(instructionSet));
        Require.Shape(y.Length, x.Length, "the length of x", nameof(y));
        nint offset = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(y), ref MemoryMarshal.GetReference(x));
        if (offset != 0 && y.Overlaps(x))
        {
            throw new ArgumentException(
                $"y: expected x itself or memory apart from it, found an overlap (x begins at byte {offset} of y).",
                nameof(y));
        }

        NativeLibraryLoader.EnsureLoaded();
        fixed (float* source = x, destination = y)
        {
            NativeMethods.Activate(
                (int)instructionSet,
                (int)activation.Kind,
                activation.Alpha,
                activation.Beta,
                source,
                destination,
                x.Length).ThrowIfFailed();
        }
    }
}
