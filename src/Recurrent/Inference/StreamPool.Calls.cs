using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <content>Steps and runs.</content>
public sealed unsafe partial class StreamPool
{
    /// <summary>Advances streams by one step.</summary>
    /// <param name="streams">Open streams, none of them twice.</param>
    /// <param name="x">
    /// Input <c>[streams, InputSize]</c>, of exactly that length, in the order of the streams. A model that takes indices has
    /// <see cref="StepIndices"/>.
    /// </param>
    /// <param name="y">
    /// Receives the output <c>[streams, OutputSize]</c>, of exactly that length, or empty if only the states matter. Must not
    /// overlap <paramref name="x"/>.
    /// </param>
    /// <exception cref="ArgumentException">
    /// One is no open stream of this pool, or there twice, a length is wrong, the output overlaps the input, or the model takes
    /// indices.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">Memory to compute with could not be had.</exception>
    /// <exception cref="InvalidOperationException">Another call is running on one of the streams.</exception>
    /// <exception cref="ObjectDisposedException">The pool has been disposed.</exception>
    public void Step(ReadOnlySpan<StreamId> streams, ReadOnlySpan<float> x, Span<float> y)
    {
        using Held pool = new(this);
        RequireLength(x.Length, streams.Length, Model.InputSize, "[streams, InputSize]", nameof(x));
        if (!y.IsEmpty)
        {
            RequireLength(y.Length, streams.Length, Model.OutputSize, "[streams, OutputSize]", nameof(y));
        }

        fixed (StreamId* ids = streams)
        fixed (float* input = x, output = y)
        {
            NativeMethods.PoolStep(pool.Native, (long*)ids, streams.Length, input, output).ThrowIfFailed();
        }
    }

    /// <summary>Advances streams of a model that takes indices by one step.</summary>
    /// <param name="streams">Open streams, none of them twice.</param>
    /// <param name="indices">One for each stream, <c>[streams]</c>.</param>
    /// <param name="y">Receives the output, as in <see cref="Step(ReadOnlySpan{StreamId}, ReadOnlySpan{float}, Span{float})"/>.</param>
    /// <inheritdoc cref="Step(ReadOnlySpan{StreamId}, ReadOnlySpan{float}, Span{float})" path="/exception"/>
    public void StepIndices(ReadOnlySpan<StreamId> streams, ReadOnlySpan<int> indices, Span<float> y) =>
        Run(streams, default, default, indices, y, default);

    /// <summary>Advances streams by some steps each.</summary>
    /// <param name="streams">Open streams, none of them twice.</param>
    /// <param name="steps">Steps of each stream, <c>[streams]</c>, each 0 or more; empty for one each.</param>
    /// <param name="x">
    /// Input <c>[all steps, InputSize]</c>, of exactly that length: stream after stream, in each step after step.
    /// </param>
    /// <param name="y">
    /// Receives the output <c>[all steps, OutputSize]</c>, likewise, or <c>[streams, OutputSize]</c> from a model that outputs one
    /// step, which is 0 for a stream without steps; empty if only the states matter. Must not overlap <paramref name="x"/>.
    /// </param>
    /// <param name="present">
    /// Which steps are there, <c>[all steps]</c>, for a model with masking; empty if only the mask value tells.
    /// </param>
    /// <inheritdoc cref="Step(ReadOnlySpan{StreamId}, ReadOnlySpan{float}, Span{float})" path="/exception"/>
    public void Run(
        ReadOnlySpan<StreamId> streams,
        ReadOnlySpan<int> steps,
        ReadOnlySpan<float> x,
        Span<float> y,
        ReadOnlySpan<bool> present = default) =>
        Run(streams, steps, x, default, y, present);

    /// <summary>Advances streams of a model that takes indices by some steps each.</summary>
    /// <param name="streams">Open streams, none of them twice.</param>
    /// <param name="steps">Steps of each stream, <c>[streams]</c>, each 0 or more; empty for one each.</param>
    /// <param name="indices"><c>[all steps]</c>: stream after stream, in each step after step.</param>
    /// <param name="y">Receives the output, as in <c>Run</c>.</param>
    /// <param name="present">Which steps are there, likewise.</param>
    /// <inheritdoc cref="Step(ReadOnlySpan{StreamId}, ReadOnlySpan{float}, Span{float})" path="/exception"/>
    public void RunIndices(
        ReadOnlySpan<StreamId> streams,
        ReadOnlySpan<int> steps,
        ReadOnlySpan<int> indices,
        Span<float> y,
        ReadOnlySpan<bool> present = default) =>
        Run(streams, steps, default, indices, y, present);

    /// <summary>Advances streams of a model of any inputs and outputs by some steps each.</summary>
    /// <param name="streams">Open streams, none of them twice.</param>
    /// <param name="steps">Steps of each stream, <c>[streams]</c>, each 0 or more; empty for one each.</param>
    /// <param name="inputs">
    /// Every input of the model, by its name or its position: sequences <c>[all steps, size]</c>, stream after stream, indices
    /// <c>[all steps]</c>, rows <c>[streams, size]</c>.
    /// </param>
    /// <param name="outputs">
    /// Receive the outputs that are wanted: sequences <c>[all steps, size]</c>, rows <c>[streams, size]</c>. Must not overlap the
    /// inputs or each other.
    /// </param>
    /// <param name="present">
    /// Which steps are there, <c>[all steps]</c>, for a model with masking; empty if only the mask value tells.
    /// </param>
    /// <inheritdoc cref="Step(ReadOnlySpan{StreamId}, ReadOnlySpan{float}, Span{float})" path="/exception"/>
    [OverloadResolutionPriority(-1)]
    public void Run(
        ReadOnlySpan<StreamId> streams,
        ReadOnlySpan<int> steps,
        ReadOnlySpan<InputBuffer<float>> inputs,
        ReadOnlySpan<OutputBuffer<float>> outputs,
        ReadOnlySpan<bool> present = default)
    {
        using Held pool = new(this);
        LayerGraph graph = Model.Graph;
        BufferPlaces.Require(inputs, graph.InputNames, nameof(inputs));
        BufferPlaces.RequireAll(inputs, graph.InputNames, nameof(inputs));
        BufferPlaces.Require(outputs, graph.OutputNames, nameof(outputs));
        RequireBuffers(inputs, outputs, streams.Length, StepsOf(streams, steps));
        NativeBuffers buffers =
            Interlocked.Exchange(ref _buffers, null) ?? new NativeBuffers(graph.InputNames, graph.OutputNames);
        NativeStatus status;
        fixed (StreamId* ids = streams)
        fixed (int* counts = steps)
        fixed (bool* isPresent = present)
        {
            RunCall call = new(pool.Native, new NativePoolRunArgs
            {
                Streams = (long*)ids,
                StreamCount = streams.Length,
                Steps = counts,
                StepsCount = steps.Length,
                Present = (byte*)isPresent,
                PresentCount = present.Length,
                InputCount = graph.InputNames.Count,
                OutputCount = graph.OutputNames.Count,
            });
            status = buffers.Invoke(inputs, outputs, ref call);
        }

        _buffers = buffers;
        status.ThrowIfFailed();
    }

    private void Run(
        ReadOnlySpan<StreamId> streams,
        ReadOnlySpan<int> steps,
        ReadOnlySpan<float> x,
        ReadOnlySpan<int> indices,
        Span<float> y,
        ReadOnlySpan<bool> present)
    {
        using Held pool = new(this);
        long all = StepsOf(streams, steps);
        if (!x.IsEmpty)
        {
            RequireLength(x.Length, all, Model.InputSize, "[all steps, InputSize]", nameof(x));
        }

        if (!indices.IsEmpty)
        {
            RequireLength(indices.Length, all, 1, "[all steps]", nameof(indices));
        }

        if (!present.IsEmpty)
        {
            RequireLength(present.Length, all, 1, "[all steps]", nameof(present));
        }

        fixed (StreamId* ids = streams)
        fixed (int* counts = steps, input = indices)
        fixed (float* features = x, output = y)
        fixed (bool* isPresent = present)
        {
            NativePoolRunArgs arguments = new()
            {
                Streams = (long*)ids,
                StreamCount = streams.Length,
                Steps = counts,
                StepsCount = steps.Length,
                X = features,
                XCount = x.Length,
                Indices = input,
                IndicesCount = indices.Length,
                Y = output,
                YCount = y.Length,
                Present = (byte*)isPresent,
                PresentCount = present.Length,
            };
            NativeMethods.PoolRun(pool.Native, &arguments).ThrowIfFailed();
        }
    }

    // Of all streams together. Negative ones are refused with the call.
    private static long StepsOf(ReadOnlySpan<StreamId> streams, ReadOnlySpan<int> steps)
    {
        if (steps.IsEmpty)
        {
            return streams.Length;
        }

        RequireLength(steps.Length, streams.Length, 1, "[streams]", nameof(steps));
        long all = 0;
        foreach (int count in steps)
        {
            all += Math.Max(count, 0);
        }

        return all;
    }

    // As sessions do: floats are no indices, and what is too long is as wrong as what is too short. A name is made only when a
    // buffer is refused.
    private void RequireBuffers(
        ReadOnlySpan<InputBuffer<float>> inputs, ReadOnlySpan<OutputBuffer<float>> outputs, int streams, long steps)
    {
        LayerGraph graph = Model.Graph;
        for (int i = 0; i < graph.Inputs.Count; i++)
        {
            ModelInput input = graph.Inputs[i];
            int place = BufferPlaces.Find(inputs, graph.InputNames, i);
            bool takesIndices = input.Kind == ValueKind.Indices;
            if (takesIndices ? !inputs[place].Values.IsEmpty : !inputs[place].Indices.IsEmpty)
            {
                string argument = $"{nameof(inputs)}[{place}]";
                throw new ArgumentException(
                    $"{argument}: expected {(takesIndices ? "indices" : "features")} for {input.Name}, found "
                    + $"{(takesIndices ? "features" : "indices")}.",
                    argument);
            }

            int found = takesIndices ? inputs[place].Indices.Length : inputs[place].Values.Length;
            RequireBuffer(found, input.Kind, streams, steps, LayerGraph.FeaturesOf(input), nameof(inputs), place);
        }

        for (int i = 0; i < graph.Outputs.Count; i++)
        {
            OutputValue output = graph.Outputs[i];
            int place = BufferPlaces.Find(outputs, graph.OutputNames, i);
            if (place >= 0 && !outputs[place].Values.IsEmpty)
            {
                RequireBuffer(
                    outputs[place].Values.Length, output.Kind, streams, steps, output.Size, nameof(outputs), place);
            }
        }
    }

    private static void RequireBuffer(
        int found, ValueKind kind, int streams, long steps, int size, string argument, int place)
    {
        long rows = kind == ValueKind.Row ? streams : steps;
        if (found != rows * size)
        {
            string shape = kind switch
            {
                ValueKind.Row => "[streams, size]",
                ValueKind.Indices => "[all steps]",
                _ => "[all steps, size]",
            };
            ThrowLength(found, rows * size, shape, $"{argument}[{place}]");
        }
    }

    private static void RequireLength(int found, long rows, long columns, string shape, string argument)
    {
        if (found != rows * columns)
        {
            ThrowLength(found, rows * columns, shape, argument);
        }
    }

    [DoesNotReturn]
    private static void ThrowLength(int found, long expected, string shape, string argument) =>
        throw new ArgumentException($"{argument}: expected {expected} elements, {shape}, found {found}.", argument);

    // What the arguments point to has been pinned by the caller.
    private readonly struct RunCall(nint pool, NativePoolRunArgs arguments) : INativeCall
    {
        public NativeStatus Invoke(NativeInputBuffer* inputs, NativeOutputBuffer* outputs)
        {
            NativePoolRunArgs complete = arguments with { Inputs = inputs, Outputs = outputs };
            return NativeMethods.PoolRun(pool, &complete);
        }
    }
}
