namespace Recurrent.Formats;

/// <summary>The stack and the memo of a pickle, with limits. Nothing below a mark can be taken.</summary>
internal sealed class PickleStack
{
    // A tensor takes some twenty values: this is a checkpoint of tens of thousands of them.
    private const int MaxValues = 2_000_000;
    private const int MaxMarks = 1000;

    private readonly List<object?> _values = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<long, object?> _memo = [];
    private int _pushed;

    private int Floor => _marks.Count > 0 ? _marks[^1] : 0;

    public void Push(object? value)
    {
        if (++_pushed > MaxValues)
        {
            throw new ModelFormatException($"it has more than {MaxValues} values.");
        }

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

        object?[] values = [.. _values[^count..]];
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
        if (_memo.Count == MaxValues)
        {
            throw new ModelFormatException($"it remembers more than {MaxValues} values.");
        }

        _memo[index ?? _memo.Count] = Peek();
    }

    public object? Recall(long index) =>
        _memo.TryGetValue(index, out object? value)
            ? value
            : throw new ModelFormatException($"it refers to value {index}, which it does not have.");
}
