using Recurrent.Formats.PyTorch.Checkpoint;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch.Pickled;

/// <summary>The modules of a pickled model by name, and what follows from their classes and attributes.</summary>
internal sealed class PickledTree
{
    private const string OptionName = $"{nameof(ImportOptions)}.{nameof(ImportOptions.Modules)}";

    // What the names of modules that wrap a whole model are.
    private static readonly string[] Wrappers = ["DataParallel", "DistributedDataParallel"];

    private static readonly string[] Recurrent = ["LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell"];

    private readonly Dictionary<string, ModuleFacts> _modules = new(StringComparer.Ordinal);
    private readonly List<ImportNote> _notes = [];
    private readonly bool _isRow;

    private PickledTree(ModuleFacts root, ImportOptions options)
    {
        _isRow = options.Output is ModelOutput.LastStep or ModelOutput.FinalState;
        foreach (ModuleFacts module in root.All)
        {
            _modules.TryAdd(module.Path, module);
        }

        Root = root is { Kind: { } kind, Children: [var wrapped] } && Wrappers.Contains(kind) ? wrapped : root;
    }

    /// <summary>The model; inside what wraps it.</summary>
    public ModuleFacts Root { get; }

    /// <summary>What was passed over.</summary>
    public IReadOnlyList<ImportNote> Notes => _notes;

    /// <summary>Whether its class says in which order its modules are applied.</summary>
    public bool IsChain => Root.Kind == "Sequential" || Root.Children.Count == 0;

    /// <summary>The tree of a file; null for one that holds a state dict.</summary>
    public static PickledTree? Of(ModuleFacts? root, ImportOptions options) =>
        root is null ? null : new PickledTree(root, options);

    /// <summary>A module by its whole name.</summary>
    public ModuleFacts? Find(string path) => _modules.GetValueOrDefault(path);

    /// <summary>A list of modules in which each <c>nn.Sequential</c> is what is inside it.</summary>
    public IReadOnlyList<string> Expand(IReadOnlyList<string> list)
    {
        List<string> expanded = [];
        ModuleFacts? before = null;
        foreach (string text in list)
        {
            ModuleListEntry entry = ModuleListEntry.Parse(text);
            ModuleFacts? module = Resolve(entry.Name);
            if (module is null || (module.Kind != "Sequential" && module.Tensors.Count > 0))
            {
                expanded.Add(module is not null && entry.Argument is null ? EntryOf(module) : text);
                before = module;
            }
            else
            {
                Add(module, expanded, ref before);
            }
        }

        return expanded;
    }

    /// <summary>What a chain consists of.</summary>
    public IReadOnlyList<string> ExpandChain()
    {
        List<string> expanded = [];
        ModuleFacts? before = null;
        Add(Root, expanded, ref before);
        return expanded;
    }

    /// <summary>The names of the modules in the order in which they were made: a guess at what is applied.</summary>
    public IReadOnlyList<string> Made() => [.. Root.Children.Where(IsPart).Select(child => child.Path)];

    private bool IsPart(ModuleFacts module) => module.All.Any(inner => inner.Tensors.Count > 0)
        || KnownModules.Entry(module, _isRow) is { Length: > 0 };

    private ModuleFacts? Resolve(string name)
    {
        if (name.Length == 0 || _modules.ContainsKey(name))
        {
            return _modules.GetValueOrDefault(name);
        }

        ModuleFacts[] ending =
            [.. _modules.Values.Where(module => module.Path.EndsWith("." + name, StringComparison.Ordinal)).Take(2)];
        return ending.Length < 2
            ? ending.FirstOrDefault()
            : throw new ModelFormatException($"'{name}' could be '{ending[0].Path}' or '{ending[1].Path}': name it whole.");
    }

    private void Add(ModuleFacts module, List<string> expanded, ref ModuleFacts? before)
    {
        if (expanded.Count > PyTorchImport.MaxModules)
        {
            throw new ModelFormatException($"expected at most {PyTorchImport.MaxModules} modules, found more.");
        }

        if (module.Kind == "Sequential")
        {
            foreach (ModuleFacts child in module.Children)
            {
                Add(child, expanded, ref before);
            }

            return;
        }

        if (module.Tensors.Count > 0)
        {
            expanded.Add(EntryOf(module));
        }
        else if (KnownModules.Entry(module, _isRow) is { } entry)
        {
            if (entry.Length > 0)
            {
                expanded.Add(entry);
            }
        }
        else
        {
            PassOver(module, before);
        }

        before = module;
    }

    /// <summary>The entry of a module with parameters: what a state dict does not say of it is an attribute here.</summary>
    private static string EntryOf(ModuleFacts module) => module.Kind switch
    {
        "LayerNorm" when module.Number("eps") is { } epsilon => LayerNormModule.EntryOf(module.Path, (float)epsilon).ToString(),
        "Conv1d" => ConvolutionModule.EntryOf(module).ToString(),
        _ => module.Path,
    };

    /// <summary>
    /// A recurrent module puts out a tuple, of which something has to take a part before another module can follow: that is what
    /// the option for the output says.
    /// </summary>
    private void PassOver(ModuleFacts module, ModuleFacts? before)
    {
        bool takesPart = module.Kind is null && module.Children.Count == 0 && before?.Kind is { } kind && Recurrent.Contains(kind);
        if (module.Kind is not null)
        {
            throw new ModelFormatException(
                $"module {module}: a list of modules has no such entry. Save the model with its code: torch.jit.script(model.eval()).save(path).");
        }

        if (!takesPart)
        {
            throw new ModelFormatException(
                $"module {module}: what it computes is in its code, which is not in the file. Name the modules that are applied "
                + $"in {OptionName}, and what it does by a name of its own, or leave it out.");
        }

        _notes.Add(new ImportNote(
            ImportNoteKind.Assumed, module.Path, $"of class {module.Type}, which is in no file: taken for what takes the output of "
            + $"'{before!.Path}', as {nameof(ImportOptions)}.{nameof(ImportOptions.Output)} says."));
    }
}
