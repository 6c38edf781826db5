using Recurrent.Formats.PyTorch.Checkpoint;
using Recurrent.Formats.PyTorch.Pickled;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch;

/// <summary>The modules of a file, by the names of their parameters, and the tensors that belong to none.</summary>
internal sealed class ModuleFinder
{
    private readonly ITensorSource _source;
    private readonly List<PyTorchModule> _modules = [];
    private readonly List<string> _unknown = [];

    private readonly PickledTree? _tree;

    private ModuleFinder(ITensorSource source, PickledTree? tree)
    {
        _source = source;
        _tree = tree;
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
    /// <param name="tree">The classes of the modules; null if the file does not say them.</param>
    public static ModuleFinder Find(ITensorSource source, IReadOnlySet<string> others, PickledTree? tree = null)
    {
        var finder = new ModuleFinder(source, tree);
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
        if (_tree?.Find(prefix.TrimEnd('.')) is { } facts)
        {
            return Specify(prefix, facts);
        }

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

        if (!Has("weight"))
        {
            return Has("bias") && _source.Require(prefix + "bias").Shape.Count == 1 ? LayerNormModule.Specify(_source, prefix) : null;
        }

        return _source.Require(prefix + "weight").Shape.Count switch
        {
            1 => LayerNormModule.Specify(_source, prefix),
            2 => MatrixModule.Specify(_source, prefix),
            3 => ConvolutionModule.Specify(_source, prefix),
            _ => null,
        };
    }

    /// <summary>A module whose class is known; null if that is no module that a model can have.</summary>
    private PyTorchModule? Specify(string prefix, ModuleFacts facts)
    {
        string kind = facts.Kind ?? facts.Text("mode") ?? "";
        return kind switch
        {
            "LSTM" => RecurrentModule.Specify(_source, prefix, RecurrentModule.LstmGates),
            "GRU" => RecurrentModule.Specify(_source, prefix, RecurrentModule.GruGates),
            "RNN" or "RNN_TANH" or "RNN_RELU" => RecurrentModule.Specify(_source, prefix, RecurrentModule.RnnGates),
            "LSTMCell" => RecurrentModule.Specify(_source, prefix, RecurrentModule.LstmGates, isCell: true),
            "GRUCell" => RecurrentModule.Specify(_source, prefix, RecurrentModule.GruGates, isCell: true),
            "RNNCell" => RecurrentModule.Specify(_source, prefix, RecurrentModule.RnnGates, isCell: true),
            "BatchNorm1d" when _source.Has(prefix + "running_mean") => BatchNormModule.Specify(_source, prefix),
            "Conv1d" => ConvolutionModule.Specify(_source, prefix),
            "LayerNorm" => LayerNormModule.Specify(_source, prefix),
            "Linear" => MatrixModule.Specify(_source, prefix, isEmbedding: false),
            "Embedding" when facts.Number("max_norm") is null => MatrixModule.Specify(_source, prefix, isEmbedding: true),
            _ => null,
        };
    }
}
