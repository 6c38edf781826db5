using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>Which steps of a caller's sequences are there, and where they are in the caller's memory.</summary>
internal sealed class SequenceSteps
{
    private readonly SequenceLayout _layout;
    private readonly int[] _lengths;
    private readonly int[][] _present;

    private SequenceSteps(int time, int batch, SequenceLayout layout, ReadOnlySpan<int> lengths, bool[] present)
    {
        Time = time;
        _layout = layout;
        _lengths = lengths.IsEmpty ? [.. Enumerable.Repeat(time, batch)] : lengths.ToArray();
        _present =
        [
            .. Enumerable.Range(0, batch).Select(row =>
                Enumerable.Range(0, Length(row)).Where(t => present[Position(t, row)]).ToArray()),
        ];
    }

    /// <summary>Steps that the caller's memory has room for.</summary>
    public int Time { get; }

    /// <summary>Rows.</summary>
    public int Batch => _lengths.Length;

    /// <summary>Finds out which steps are there.</summary>
    /// <param name="graph">The model, which says how it recognizes a missing step.</param>
    /// <param name="inputs">Features and indices, as the layout says.</param>
    /// <param name="time">Steps.</param>
    /// <param name="batch">Rows.</param>
    /// <param name="mask">Lengths, and which steps are missing.</param>
    /// <param name="layout">Order of the axes.</param>
    public static SequenceSteps Of<T>(
        LayerGraph graph,
        ModelInputs<T> inputs,
        int time,
        int batch,
        in SequenceMask mask,
        SequenceLayout layout)
        where T : IFloatingPointIeee754<T>
    {
        bool[] present = new bool[time * batch];
        for (int step = 0; step < present.Length; step++)
        {
            present[step] = (mask.Present.IsEmpty || mask.Present[step])
                && !(graph.Masking is { } masking && IsMissing(graph, inputs, step, masking.Value));
        }

        return new SequenceSteps(time, batch, layout, mask.Lengths, present);
    }

    /// <summary>How layers see sequences of some steps, without missing ones.</summary>
    public SequenceExtent Extent(TimeBase time) =>
        new(time.Steps(Time), [.. _present.Select(steps => time.Length(steps.Length))]);

    /// <summary>Steps of a row, missing ones included.</summary>
    public int Length(int row) => _lengths[row];

    /// <summary>The times at which a row has a step that is there, ascending.</summary>
    public ReadOnlySpan<int> Present(int row) => _present[row];

    /// <summary>Index of a step in the caller's memory.</summary>
    public int Position(int t, int row) => Position(t, row, Time);

    /// <summary>Index of a step in memory that the caller has for so many.</summary>
    public int Position(int t, int row, int time) =>
        _layout == SequenceLayout.TimeMajor ? (t * _lengths.Length) + row : (row * time) + t;

    /// <summary>The steps that are there as layers see them: <c>[time, batch, features]</c>, without gaps.</summary>
    public TInput[] Gather<TInput>(ReadOnlySpan<TInput> input, int features)
    {
        TInput[] gathered = new TInput[input.Length];
        for (int row = 0; row < _present.Length; row++)
        {
            for (int i = 0; i < _present[row].Length; i++)
            {
                input.Slice(Position(_present[row][i], row) * features, features)
                    .CopyTo(gathered.AsSpan(((i * _present.Length) + row) * features));
            }
        }

        return gathered;
    }

    /// <summary>The way back of <see cref="Gather"/>: 0 where there is no step.</summary>
    public void Scatter<TInput>(ReadOnlySpan<TInput> gathered, Span<TInput> input, int features)
    {
        input.Clear();
        for (int row = 0; row < Batch; row++)
        {
            for (int i = 0; i < _present[row].Length; i++)
            {
                gathered.Slice(((i * Batch) + row) * features, features)
                    .CopyTo(input[(Position(_present[row][i], row) * features)..]);
            }
        }
    }

    /// <summary>Whether a step of any input has the value that stands for a missing one.</summary>
    private static bool IsMissing<T>(LayerGraph graph, ModelInputs<T> inputs, int step, double value)
        where T : IFloatingPointIeee754<T> =>
        Enumerable.Range(0, graph.Inputs.Count).Any(input => graph.Inputs[input] switch
        {
            { Kind: ValueKind.Sequence, Size: var size } =>
                AllAre<T>(inputs.Features[input].AsSpan(step * size, size), value),
            { Kind: ValueKind.Indices } => AllAre<int>(inputs.Indices[input].AsSpan(step, 1), value),
            _ => false,
        });

    // Compared as the caller gave it: before denormals are removed. A double has every float and every int.
    private static bool AllAre<TInput>(ReadOnlySpan<TInput> step, double value)
        where TInput : INumberBase<TInput>
    {
        foreach (TInput element in step)
        {
            if (double.IsNaN(value) ? !TInput.IsNaN(element) : double.CreateChecked(element) != value)
            {
                return false;
            }
        }

        return true;
    }
}
