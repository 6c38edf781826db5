namespace Recurrent.Formats.Keras;

/// <summary>The layers that variables can belong to: those of a model, and those of the models among them.</summary>
internal sealed class KerasOwners
{
    private readonly List<(KerasLayer Layer, string[] Path)> _leaves = [];
    private readonly ILookup<string, string[]> _paths;

    /// <summary>Takes the layers of a model.</summary>
    /// <param name="written">The layers in the order of the file.</param>
    public KerasOwners(IReadOnlyList<KerasLayer> written)
    {
        Walk(written, []);
        _paths = _leaves.ToLookup(leaf => leaf.Path[^1], leaf => leaf.Path, StringComparer.Ordinal);
    }

    /// <summary>The layers that are no models, under the names that they have in the whole model.</summary>
    public IEnumerable<KerasLayer> Layers => _leaves.Select(leaf => leaf.Layer with { Name = string.Join('/', leaf.Path) });

    /// <summary>The layer whose name is in the parts of a variable's name, with those of the models around it.</summary>
    /// <param name="parts">The parts; the last one is the variable's role.</param>
    /// <returns>The layer's name in the whole model, and its place among the parts; null if there is none.</returns>
    public (string Layer, int Part)? Find(string[] parts)
    {
        (string[] Path, int First, int Last)? best = null;
        var unqualified = new List<(string[] Path, int Part)>();
        for (int i = 0; i < parts.Length - 1; i++)
        {
            foreach (string[] path in _paths[parts[i]])
            {
                unqualified.Add((path, i));
                if (FirstOf(path, parts, i) is { } first
                    && (best is not { } other || path.Length > other.Path.Length
                        || (path.Length == other.Path.Length && first < other.First)))
                {
                    best = (path, first, i);
                }
            }
        }

        // TensorFlow.js leaves out the names of the models around a layer.
        return best is { } found ? (string.Join('/', found.Path), found.Last)
            : unqualified is [var only] ? (string.Join('/', only.Path), only.Part)
            : null;
    }

    /// <summary>Where the names of a path begin among the parts up to one; null if they are not all there in their order.</summary>
    private static int? FirstOf(string[] path, string[] parts, int last)
    {
        int part = last;
        for (int i = path.Length - 2; i >= 0; i--)
        {
            part = part == 0 ? -1 : Array.LastIndexOf(parts, path[i], part - 1);
            if (part < 0)
            {
                return null;
            }
        }

        return part;
    }

    private void Walk(IReadOnlyList<KerasLayer> written, string[] path)
    {
        foreach (KerasLayer layer in written)
        {
            string[] inner = [.. path, layer.Name];
            if (layer.Model is { } model)
            {
                Walk(model.Written, inner);
            }
            else
            {
                _leaves.Add((layer, inner));
            }
        }
    }
}
