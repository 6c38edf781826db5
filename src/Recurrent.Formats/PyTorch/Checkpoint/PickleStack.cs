using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>The stack and the memo of a pickle, within the file's budget. Nothing below a mark can be taken.</summary>
internal sealed class PickleStack(MemoryBudget budget)
{
    private const int MaxMarks = 1000;

    // A number, and places on the stack and in a container.
    private const int ValueBytes = 64;
    private const int MemoBytes = 64;

    private readonly List<object?> _values = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];

    private int Floor => _marks.Count > 0 ? _marks[^1] : 0;

    /// <summary>Puts a value on top.</summary>
    /// <param name="value">The value.</param>
    /// <param name="bytes">What it takes besides what a number does.</param>
    public void Push(object? value, int bytes = 0)
    {
        budget.Take(ValueBytes + bytes, "its values");
        _values.Add(value);
    }

    public object? Pop()
    {
        object? value = Peek();
        _values.RemoveAt(_values.Count - 1);
        return value;
    }

    public object? Peek() =>
        _values.Count > Floor ? _values[^1] : throw new ModelFormatException("a value is missing.");

    /// <summary>The values that belong to an operation, the last on top.</summary>
    public object?[] Pop(int count)
    {
        if (_values.Count - Floor < count)
        {
            throw new ModelFormatException($"expected {count} values, found {_values.Count - Floor}.");
        }

        budget.Take(sizeof(long) * (long)count, "its values");
        var values = new object?[count];
        _values.CopyTo(_values.Count - count, values, 0, count);
        _values.RemoveRange(_values.Count - count, count);
        return values;
    }

    public void Mark()
    {
        if (_marks.Count == MaxMarks)
        {
            throw new ModelFormatException($"it is nested more than {MaxMarks} deep.");
        }

        _marks.Add(_values.Count);
    }

    /// <summary>The values since the last mark, and the mark.</summary>
    public object?[] PopToMark()
    {
        if (_marks.Count == 0)
        {
            throw new ModelFormatException("a mark is missing.");
        }

        object?[] values = Pop(_values.Count - Floor);
        _marks.RemoveAt(_marks.Count - 1);
        return values;
    }

    public void Memoize(long? index = null)
    {
        budget.Take(MemoBytes, "what it remembers");
        _memo[index ?? _memo.Count] = Peek();
    }

    public object? Recall(long index) =>
        _memo.TryGetValue(index, out object? value)
            ? value
            : throw new ModelFormatException($"it refers to value {index}, which it does not have.");
}
