using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The steps of one row that a convolution reads: its history, if it has one, then those that are there.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class ConvolutionSteps<T>
    where T : IFloatingPointIeee754<T>
{
    private readonly ConvolutionSpecification _specification;
    private readonly T[] _steps;
    private readonly int _history;

    /// <summary>Puts the steps of a row together.</summary>
    /// <param name="specification">The layer.</param>
    /// <param name="read">What it reads.</param>
    /// <param name="history">The history of the row, <c>[Reach, InputSize]</c>; empty for none.</param>
    /// <param name="row">The row.</param>
    public ConvolutionSteps(
        ConvolutionSpecification specification, LayerValue<T> read, ReadOnlySpan<T> history, int row)
    {
        _specification = specification;
        int size = specification.InputSize;
        int length = read.Extent.Length(row);
        _history = history.Length / size;
        _steps = new T[(_history + length) * size];
        history.CopyTo(_steps);
        for (int t = 0; t < length; t++)
        {
            read.Step((t * read.Extent.Batch) + row).CopyTo(_steps.AsSpan((_history + t) * size));
        }
    }

    /// <summary>Where a step of a window is among the steps and their history; -1 for one of the padding.</summary>
    /// <param name="window">The window.</param>
    /// <param name="place">Its step.</param>
    public int PlaceOf(int window, int place)
    {
        long step = _history + StepWindow.Step(_specification, window, place);
        return step >= 0 && step < _steps.Length / _specification.InputSize ? (int)step : -1;
    }

    /// <summary>What a group reads of a window, <c>[KernelSize, InputSize / Groups]</c>; 0 of the padding.</summary>
    public T[] Gather(int window, int group)
    {
        int size = _specification.InputSize / _specification.Groups;
        T[] x = new T[_specification.KernelSize * size];
        for (int k = 0; k < _specification.KernelSize; k++)
        {
            if (PlaceOf(window, k) is >= 0 and var step)
            {
                Span(_steps, step, group).CopyTo(x.AsSpan(k * size));
            }
        }

        return x;
    }

    /// <summary>The features of a group in one step of something as long as the steps and their history.</summary>
    public Span<TValue> Span<TValue>(TValue[] values, int step, int group)
    {
        int size = _specification.InputSize / _specification.Groups;
        return values.AsSpan((step * _specification.InputSize) + (group * size), size);
    }

    /// <summary>Copies the last steps: the history of those that follow.</summary>
    public void CopyHistory(Span<T> history) => _steps.AsSpan(_steps.Length - history.Length).CopyTo(history);
}
