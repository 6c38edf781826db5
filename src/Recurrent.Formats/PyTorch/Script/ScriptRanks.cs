namespace Recurrent.Formats.PyTorch.Script;

/// <summary>How many dimensions each input is taken to have: all choices one after the other.</summary>
internal sealed class ScriptRanks
{
    // A batch of sequences of features; of steps of features, or of sequences of indices; one row.
    private static readonly int[] Candidates = [3, 2, 1];

    private readonly List<int> _choices = [];

    /// <summary>The dimensions of an input.</summary>
    public int Of(int input)
    {
        while (_choices.Count <= input)
        {
            _choices.Add(0);
        }

        return Candidates[_choices[input]];
    }

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

        return false;
    }
}
