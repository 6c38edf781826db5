using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Recurrent.Layers;

/// <summary>
/// Checks of the arguments of a step and of a run, shared by the native and the reference session. Lengths are exact: a
/// span that is longer than the shape is as likely a mistake as a shorter one.
/// </summary>
internal sealed class SequenceShape
{
    public SequenceShape(LayerChain chain, int batch, string argument)
    {
        Batch = Require.Within(batch, 0, int.MaxValue, argument);
        InputSize = chain.InputSize;
        OutputSize = chain.OutputSize;
        StateSize = chain.StateSize;
        StepInput = Require.Elements(batch, InputSize, "[batch, InputSize]", argument);
        StepOutput = Require.Elements(batch, OutputSize, "[batch, OutputSize]", argument);
        Require.Elements(batch, StateSize, "[batch, StateSize]", argument);
    }

    public int Batch { get; }

    public int InputSize { get; }

    public int OutputSize { get; }

    public int StateSize { get; }

    /// <summary>Elements of one step of input.</summary>
    public int StepInput { get; }

    /// <summary>Elements of one step of output.</summary>
    public int StepOutput { get; }

    public void RequireStep<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
    {
        // The messages are built only when a check has failed: this runs once a step.
        if (x.Length != StepInput)
        {
            Require.Shape(x.Length, Batch, InputSize, "[batch, InputSize]", nameof(x));
        }

        if (y.Length != StepOutput)
        {
            Require.Shape(y.Length, Batch, OutputSize, "[batch, OutputSize]", nameof(y));
        }

        RequireApart(x, y);
    }

    public void RequireRun<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, int time, SequenceLayout layout)
    {
        Require.Within(time, 0, int.MaxValue, nameof(time));
        Require.Defined(layout, nameof(layout));
        RequireSequence(x.Length, time, layout, InputSize, nameof(InputSize), nameof(x));
        if (!y.IsEmpty)
        {
            RequireSequence(y.Length, time, layout, OutputSize, nameof(OutputSize), nameof(y));
        }

        RequireApart(x, y);
    }

    public void RequireLengths(ReadOnlySpan<int> lengths, int time)
    {
        if (lengths.Length != Batch)
        {
            Require.Shape(lengths.Length, Batch, "[batch]", nameof(lengths));
        }

        for (int row = 0; row < lengths.Length; row++)
        {
            if (lengths[row] < 0 || lengths[row] > time)
            {
                throw new ArgumentException(
                    $"{nameof(lengths)}[{row}]: expected 0 to {nameof(time)} = {time}, found {lengths[row]}.",
                    nameof(lengths));
            }
        }
    }

    public void RequireRows(int firstRow, int rowCount)
    {
        Require.Within(firstRow, 0, Batch, nameof(firstRow));
        Require.Within(rowCount, 0, Batch - firstRow, nameof(rowCount));
    }

    public void RequireStates(int length, int rowCount, string argument) =>
        Require.Shape(length, rowCount, StateSize, "[rowCount, StateSize]", argument);

    private static void RequireApart<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y)
    {
        // Not the overload that gives the distance in elements: it throws where that is no whole number, as it is
        // between spans cast from bytes.
        if (y.Overlaps(x))
        {
            nint offset = Unsafe.ByteOffset(ref MemoryMarshal.GetReference(y), ref MemoryMarshal.GetReference(x));
            throw new ArgumentException(
                $"y: expected memory apart from x, found an overlap (x begins at byte {offset} of y).", nameof(y));
        }
    }

    private void RequireSequence(
        int length, int time, SequenceLayout layout, int features, string featuresName, string argument)
    {
        // Batch times features fits an int, and so does time: 64 bits hold the product.
        long expected = (long)time * Batch * features;
        if (length != expected)
        {
            string shape = layout == SequenceLayout.TimeMajor
                ? $"[time, batch, {featuresName}] = [{time}, {Batch}, {features}]"
                : $"[batch, time, {featuresName}] = [{Batch}, {time}, {features}]";
            throw new ArgumentException(
                $"{argument}: expected exactly {shape} ({expected} elements), found {length} elements.", argument);
        }
    }
}
