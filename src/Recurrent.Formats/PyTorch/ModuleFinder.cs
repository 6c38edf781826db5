using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch;

/// <summary>The modules of a file, by the names of their parameters, and the tensors that belong to none.</summary>
internal sealed class ModuleFinder
{
    private readonly ITensorSource _source;
    private readonly List<PyTorchModule> _modules = [];
    private readonly List<string> _unknown = [];

    private ModuleFinder(ITensorSource source)
    {
        _source = source;
    }

    /// <summary>The modules, in the order of the file.</summary>
    public IReadOnlyList<PyTorchModule> Modules => _modules;

    /// <summary>Tensors that belong to no module.</summary>
    public IReadOnlyList<string> Unknown => _unknown;

    /// <summary>
    /// Whether the modules are in the order in which the model made them: in a file that keeps it, if the tensors follow
    /// each other as <c>state_dict()</c> has them. TorchSharp.PyBridge takes them from a table without an order.
    /// </summary>
    public bool HasModelOrder { get; private set; }

    /// <summary>Finds the modules of a file.</summary>
    /// <param name="source">The file.</param>
    /// <param name="others">Tensors that something else is made from.</param>
    public static ModuleFinder Find(ITensorSource source, IReadOnlySet<string> others)
    {
        var finder = new ModuleFinder(source);
        string[] names = [.. source.TensorNames.Where(name => !others.Contains(name))];
        foreach (IGrouping<string, string> group in names.GroupBy(PrefixOf, StringComparer.Ordinal))
        {
            finder.Add(group.Key, group.ToHashSet(StringComparer.Ordinal));
        }

        HashSet<string> unknown = new(finder._unknown, StringComparer.Ordinal);
        finder.HasModelOrder = source.HasModelOrder
            && finder._modules.SelectMany(module => module.KnownParameters()).Where(source.Has)
                .SequenceEqual(names.Where(name => !unknown.Contains(name)), StringComparer.Ordinal);
        return finder;
    }

    private static string PrefixOf(string name) => name[..(name.LastIndexOf('.') + 1)];

    private void Add(string prefix, HashSet<string> names)
    {
        PyTorchModule? module = Specify(prefix, names);
        if (module is not null)
        {
            _modules.Add(module);
            names.ExceptWith(module.KnownParameters());
        }

        _unknown.AddRange(names);
        if (_modules.Count > PyTorchImport.MaxModules)
        {
            throw new ModelFormatException($"expected at most {PyTorchImport.MaxModules} modules, found more.");
        }
    }

    private PyTorchModule? Specify(string prefix, HashSet<string> names)
    {
        bool Has(string parameter) => names.Contains(prefix + parameter);
        if (Has("weight_ih_l0"))
        {
            return RecurrentModule.Specify(_source, prefix);
        }

        if (Has("weight_ih") && Has("weight_hh"))
        {
            return RecurrentModule.Specify(_source, prefix, isCell: true);
        }

        if (Has("running_mean") && Has("running_var"))
        {
            return BatchNormModule.Specify(_source, prefix);
        }

        return Has("weight") && _source.Require(prefix + "weight").Shape.Count == 2
            ? MatrixModule.Specify(_source, prefix)
            : null;
    }
}
