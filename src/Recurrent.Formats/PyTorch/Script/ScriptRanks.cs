namespace Recurrent.Formats.PyTorch.Script;

/// <summary>
/// How many dimensions each input is taken to have: all choices one after the other. Where none of them tells which dimension of an
/// input counts steps before that has to be known, they are tried again with the orders of axes that there are.
/// </summary>
internal sealed class ScriptRanks
{
    private const int SequenceRank = 3;

    // A batch of sequences of features; of steps of features, or of sequences of indices; one row.
    private static readonly int[] Candidates = [SequenceRank, 2, 1];

    private static readonly OnnxAxis[][] Orders =
    [
        [],
        [OnnxAxis.Batch, OnnxAxis.Time, OnnxAxis.Features],
        [OnnxAxis.Time, OnnxAxis.Batch, OnnxAxis.Features],
        [OnnxAxis.Batch, OnnxAxis.Features, OnnxAxis.Time],
    ];

    private readonly List<int> _choices = [];
    private int _order;

    /// <summary>Whether the order of axes is taken for known.</summary>
    public bool HasOrder => _order > 0;

    /// <summary>The dimensions of an input.</summary>
    public int Of(int input)
    {
        while (_choices.Count <= input)
        {
            _choices.Add(0);
        }

        return Candidates[_choices[input]];
    }

    /// <summary>What a dimension of an input counts; null if that is to be found out.</summary>
    public OnnxAxis? Role(int input, int dimension) =>
        HasOrder && Of(input) == SequenceRank ? Orders[_order][dimension] : null;

    /// <summary>Goes to the next choice; false if there is none.</summary>
    public bool Next()
    {
        for (int input = _choices.Count - 1; input >= 0; input--)
        {
            if (++_choices[input] < Candidates.Length)
            {
                return true;
            }

            _choices[input] = 0;
        }

        return ++_order < Orders.Length;
    }
}
