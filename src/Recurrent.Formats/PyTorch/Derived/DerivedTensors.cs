using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Derived;

/// <summary>
/// A file's tensors, with weights in the place of what they are computed from: weight normalization (<c>weight_g</c> and
/// <c>weight_v</c>, or <c>parametrizations.weight.original0</c> and <c>original1</c>), and the weight outside of training
/// where connections are dropped (<c>weight_raw</c>).
/// </summary>
internal sealed class DerivedTensors : ITensorSource
{
    private const string Raw = "_raw";
    private const string Wrapped = "module.";
    private const string Parametrizations = "parametrizations.";
    private const string Lengths = "original0";
    private const string Directions = "original1";

    private readonly ITensorSource _file;
    private readonly List<string> _names = [];
    private readonly Dictionary<string, Tensor?> _tensors = new(StringComparer.Ordinal);
    private readonly List<ImportNote> _notes = [];
    private readonly HashSet<string> _wrappers;

    // Of a name in the file what stands in its place.
    private readonly Dictionary<string, string> _places = new(StringComparer.Ordinal);

    private DerivedTensors(ITensorSource file)
    {
        _file = file;
        _wrappers = [.. file.TensorNames.Select(WrapperOf).OfType<string>()];
        foreach (string name in file.TensorNames)
        {
            AddParametrized(name);
            AddNormed(name);
            AddRaw(name);
        }

        _names.AddRange(file.TensorNames.SelectMany(Replace).Distinct(StringComparer.Ordinal));
    }

    public IEnumerable<string> TensorNames => _names;

    public bool HasModelOrder => _file.HasModelOrder;

    /// <summary>What was computed.</summary>
    public IReadOnlyList<ImportNote> Notes => _notes;

    /// <summary>The tensors of a file; its own if nothing is to be computed.</summary>
    /// <param name="file">The file.</param>
    /// <param name="notes">What was computed.</param>
    public static ITensorSource Of(ITensorSource file, out IReadOnlyList<ImportNote> notes)
    {
        var derived = new DerivedTensors(file);
        notes = derived.Notes;
        return derived._tensors.Count == 0 ? file : derived;
    }

    public Tensor? Find(string name) => _tensors.TryGetValue(name, out Tensor? tensor) ? tensor : _file.Find(name);

    /// <summary>What a name begins with if its tensor is in a module that another one wraps as <c>module</c>.</summary>
    private static string? WrapperOf(string name)
    {
        int at = name.LastIndexOf(Wrapped, StringComparison.Ordinal);
        return at == 0 || (at > 0 && name[at - 1] == '.') ? name[..at] : null;
    }

    private IEnumerable<string> Replace(string name) =>
        _places.TryGetValue(name, out string? place) ? [place]
        : _tensors.TryGetValue(name, out Tensor? tensor) && tensor is null ? []
        : [name];

    private void AddParametrized(string name)
    {
        int at = name.StartsWith(Parametrizations, StringComparison.Ordinal)
            ? 0
            : name.IndexOf("." + Parametrizations, StringComparison.Ordinal) + 1;
        if (at == 0 && !name.StartsWith(Parametrizations, StringComparison.Ordinal))
        {
            return;
        }

        string rest = name[(at + Parametrizations.Length)..];
        int dot = rest.IndexOf('.', StringComparison.Ordinal);
        string part = dot < 0 ? rest : rest[(dot + 1)..];
        string stem = name[..^part.Length];
        string weight = name[..at] + (dot < 0 ? rest : rest[..dot]);
        bool isNormed = part is Lengths or Directions && Normed(weight, stem + Lengths, stem + Directions, "weight_norm");
        if (!isNormed)
        {
            throw new ModelFormatException(
                $"tensor '{name}': expected a parametrization by weight_norm, which has '{Lengths}' and '{Directions}'; another "
                + "one is not computed here. torch.nn.utils.parametrize.remove_parametrizations leaves the weight alone.");
        }
    }

    private void AddNormed(string name)
    {
        if (name.EndsWith("_g", StringComparison.Ordinal) && _file.Has(name[..^1] + "v") && !_file.Has(name[..^2]))
        {
            Normed(name[..^2], name, name[..^1] + "v", "weight_norm");
        }
    }

    private bool Normed(string weight, string lengthsName, string directionsName, string what)
    {
        if (_tensors.ContainsKey(weight))
        {
            return true;
        }

        Tensor? lengths = _file.Find(lengthsName);
        Tensor? directions = _file.Find(directionsName);
        if (lengths is null || directions is null || !NormedTensor.Fits(lengths.Shape, directions.Shape))
        {
            return false;
        }

        _tensors[weight] = new NormedTensor(weight, lengths, directions);
        Replaces(lengthsName, weight);
        Replaces(directionsName, weight);
        _notes.Add(new ImportNote(
            ImportNoteKind.Folded, weight, $"computed from '{lengthsName}' and '{directionsName}' ({what})."));
        return true;
    }

    /// <summary>The weight outside of training, which stands beside the module or in the place of its own.</summary>
    private void AddRaw(string name)
    {
        if (!name.EndsWith(Raw, StringComparison.Ordinal))
        {
            return;
        }

        string own = name[..^Raw.Length];
        int dot = own.LastIndexOf('.') + 1;
        string inside = $"{own[..dot]}{Wrapped}{own[dot..]}";
        bool isInside = !_file.Has(own) && _wrappers.Contains(own[..dot]);
        string weight = isInside ? inside : own;
        if (!own[dot..].StartsWith("weight", StringComparison.Ordinal) || _file.Find(name) is not { } tensor)
        {
            return;
        }

        _tensors[weight] = tensor;
        Replaces(name, weight);
        _notes.Add(new ImportNote(
            ImportNoteKind.Renamed, weight, $"taken from '{name}', the weight of which connections are dropped in training."));
    }

    private void Replaces(string name, string weight)
    {
        _tensors[name] = null;
        _places[name] = weight;
    }
}
