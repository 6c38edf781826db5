using System.Runtime.CompilerServices;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <summary>
/// Lists of buffers as the native library takes them: in the order of the names, pinned for the time of a call. It belongs to
/// one caller at a time, and allocates nothing after it has been made.
/// </summary>
/// <param name="inputNames">What the buffers that are read may belong to.</param>
/// <param name="outputNames">What those that are written may belong to.</param>
internal sealed unsafe class NativeBuffers(IReadOnlyList<string> inputNames, IReadOnlyList<string> outputNames)
{
    private readonly NativeInputBuffer[] _inputs = Create(inputNames.Count, new NativeInputBuffer());
    private readonly NativeOutputBuffer[] _outputs = Create(outputNames.Count, new NativeOutputBuffer());

    /// <summary>Makes a call with buffers that have been checked.</summary>
    public NativeStatus Invoke<TCall>(
        ReadOnlySpan<InputBuffer<float>> inputs, ReadOnlySpan<OutputBuffer<float>> outputs, ref TCall call)
        where TCall : struct, INativeCall
    {
        NativeStatus status = PinInputs(inputs, outputs, 0, ref call);
        // What has been passed as an address.
        GC.KeepAlive(this);
        return status;
    }

    private static T[] Create<T>(int count, T value)
    {
        T[] buffers = GC.AllocateArray<T>(count, pinned: true);
        Array.Fill(buffers, value);
        return buffers;
    }

    // A level for each buffer, because so many can be pinned without allocating a handle for each.
    private NativeStatus PinInputs<TCall>(
        ReadOnlySpan<InputBuffer<float>> inputs, ReadOnlySpan<OutputBuffer<float>> outputs, int index, ref TCall call)
        where TCall : struct, INativeCall
    {
        if (index == _inputs.Length)
        {
            return PinOutputs(outputs, 0, ref call);
        }

        int place = BufferPlaces.Find(inputs, inputNames, index);
        ReadOnlySpan<float> values = place < 0 ? default : inputs[place].Values.Span;
        ReadOnlySpan<int> indices = place < 0 ? default : inputs[place].Indices.Span;
        fixed (float* valuesData = values)
        fixed (int* indicesData = indices)
        {
            _inputs[index].Data = indices.IsEmpty ? valuesData : indicesData;
            _inputs[index].Count = indices.IsEmpty ? values.Length : indices.Length;
            return PinInputs(inputs, outputs, index + 1, ref call);
        }
    }

    private NativeStatus PinOutputs<TCall>(ReadOnlySpan<OutputBuffer<float>> outputs, int index, ref TCall call)
        where TCall : struct, INativeCall
    {
        if (index == _outputs.Length)
        {
            return call.Invoke(
                (NativeInputBuffer*)Unsafe.AsPointer(ref _inputs[0]), (NativeOutputBuffer*)Unsafe.AsPointer(ref _outputs[0]));
        }

        int place = BufferPlaces.Find(outputs, outputNames, index);
        Span<float> values = place < 0 ? default : outputs[place].Values.Span;
        fixed (float* data = values)
        {
            _outputs[index].Data = data;
            _outputs[index].Count = values.Length;
            return PinOutputs(outputs, index + 1, ref call);
        }
    }
}
