using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>
/// How many features inputs have. The code does not say it: the first weights do. Where an input is computed with before, or stands
/// beside others, its size is taken for 1, and the first weights that do not fit say by how much that was wrong.
/// </summary>
internal sealed class ScriptSizes
{
    private readonly Dictionary<string, int> _sizes = new(StringComparer.Ordinal);
    private readonly List<string> _guessed = [];
    private readonly HashSet<string> _corrected = new(StringComparer.Ordinal);
    private long? _asked;
    private (long Found, long Wanted)? _compared;

    /// <summary>Whether a size was corrected, so that the code is to be followed again.</summary>
    public bool HasChanged { get; private set; }

    /// <summary>Begins to follow the code again with the sizes that are known by now.</summary>
    public void Begin()
    {
        HasChanged = false;
        _guessed.Clear();
        _asked = null;
        _compared = null;
    }

    /// <summary>Says how many features an input has whose size has to be known.</summary>
    public void Know(Value? value)
    {
        if (value is FlowValue { Source: InputNode { IsFloating: true } input, Rank: > 0 } flow
            && (flow.Groups.FirstOrDefault(group => group is [{ Role: OnnxAxis.Features }]) ?? flow.Groups[^1])
                is [{ Size: null, Whole: null, Role: null or OnnxAxis.Features } features])
        {
            features.AssignSize(_sizes.GetValueOrDefault(input.Name, 1));
            _guessed.Add(input.Name);
        }
    }

    /// <summary>Compares the features of data with those that weights are for.</summary>
    public void Fit(Value? value, long columns)
    {
        if (value is not FlowValue { Features.Size: { } each } flow)
        {
            return;
        }

        Correct((long)each * Math.Max(1, flow.RowAxis is null ? 1 : flow.Rows.Count), columns);
    }

    /// <summary>The code asks for the length of a dimension.</summary>
    public void Ask(long? length) => _asked = length;

    /// <summary>The code compares numbers, of which one may be the length that it asked for.</summary>
    public void Compare(long left, long right)
    {
        if (left != right && (left == _asked || right == _asked))
        {
            _compared = left == _asked ? (left, right) : (right, left);
        }
    }

    /// <summary>The code raises an exception: a length that was compared is the likely reason.</summary>
    public void Raise()
    {
        if (_compared is { } compared)
        {
            Correct(compared.Found, compared.Wanted);
        }
    }

    private void Correct(long found, long wanted)
    {
        if (found != wanted && _guessed.Count > 1)
        {
            throw new ModelFormatException(
                $"how many features each of the inputs '{string.Join("', '", _guessed)}' has does not follow from the code: a layer takes "
                + $"{wanted} that are made of them. An ONNX file says it.");
        }

        if (_guessed is not [var only])
        {
            return;
        }

        long size = _sizes.GetValueOrDefault(only, 1) + wanted - found;
        if (found != wanted && size is > 0 and < int.MaxValue && _corrected.Add(only))
        {
            _sizes[only] = (int)size;
            HasChanged = true;
        }
    }
}
