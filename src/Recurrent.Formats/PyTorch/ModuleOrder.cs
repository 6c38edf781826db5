namespace Recurrent.Formats.PyTorch;

/// <summary>
/// The order of a file's modules where nobody has said it: one in which each takes as many features as the one before
/// puts out. A checkpoint's own order comes first, otherwise embeddings, then recurrent modules, then the others.
/// </summary>
internal sealed class ModuleOrder
{
    // Enough for any model that a person would call a chain; a file made to have none costs no more than this.
    private const int MaxTrials = 100_000;

    private readonly List<PyTorchModule> _candidates;
    private readonly List<PyTorchModule> _chain = [];
    private readonly bool[] _taken;
    private int _trials;

    private ModuleOrder(IEnumerable<PyTorchModule> candidates)
    {
        _candidates = [.. candidates];
        _taken = new bool[_candidates.Count];
    }

    /// <summary>The first order found.</summary>
    public IReadOnlyList<PyTorchModule>? First { get; private set; }

    /// <summary>Whether there are others.</summary>
    public bool HasOthers { get; private set; }

    /// <summary>Looks for an order.</summary>
    /// <param name="modules">The modules in the order of the file.</param>
    /// <param name="hasModelOrder">Whether that is the order in which they were made.</param>
    public static ModuleOrder Find(IReadOnlyList<PyTorchModule> modules, bool hasModelOrder)
    {
        var order = new ModuleOrder(
            hasModelOrder
                ? modules
                : modules.OrderBy(module => module.Rank).ThenBy(module => module.Name, new NumberedNameComparer()));
        order.Extend();
        return order;
    }

    /// <summary>Tries every module that fits behind the chain; true if there is nothing more to look for.</summary>
    private bool Extend()
    {
        if (_chain.Count == _candidates.Count)
        {
            HasOthers = First is not null;
            First ??= [.. _chain];
            return HasOthers;
        }

        for (int i = 0; i < _candidates.Count; i++)
        {
            if (!_taken[i] && Choices(_candidates[i]).Any(choice => Try(i, choice)))
            {
                return true;
            }
        }

        return false;
    }

    private bool Try(int index, PyTorchModule choice)
    {
        if (++_trials > MaxTrials)
        {
            return true;
        }

        if (_chain.Count > 0 && _chain[^1].OutputSize != choice.InputSize)
        {
            return false;
        }

        _taken[index] = true;
        _chain.Add(choice);
        bool isDone = Extend();
        _chain.RemoveAt(_chain.Count - 1);
        _taken[index] = false;
        return isDone;
    }

    private IEnumerable<PyTorchModule> Choices(PyTorchModule module) =>
        module is MatrixModule { IsAmbiguous: true } matrix && _chain.Count == 0
            ? [matrix.As(isEmbedding: true), matrix]
            : [module];
}
