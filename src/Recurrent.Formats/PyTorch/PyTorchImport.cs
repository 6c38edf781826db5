using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>A model from the parameters of PyTorch modules. What they do not say is assumed, and noted.</summary>
internal sealed class PyTorchImport
{
    /// <summary>Modules, layers and entries of a list that a model may have.</summary>
    public const int MaxModules = 1024;

    private readonly ImportOptions _options;
    private readonly SavedModel _description;
    private readonly VisibleTensors _source;
    private readonly List<ImportNote> _notes = [];
    private readonly List<Layer> _layers = [];
    private readonly List<string> _names = [];

    private IReadOnlyList<ModuleListItem> _items = [];
    private int _next;

    private PyTorchImport(ITensorSource source, IReadOnlyDictionary<string, string> metadata, ImportOptions options)
    {
        _options = options;
        _description = SavedModel.Find(metadata);
        _source = new VisibleTensors(source, _description.Absent);
    }

    private IReadOnlyDictionary<string, InitialStateNames> InitialStates =>
        _options.InitialStates ?? _description.InitialStates;

    /// <summary>Reads a model.</summary>
    /// <param name="source">Its parameters.</param>
    /// <param name="format">What the file is.</param>
    /// <param name="metadata">What it says about itself.</param>
    /// <param name="options">What it does not say.</param>
    /// <param name="notes">What had to be decided before.</param>
    public static ImportedModel Read(
        ITensorSource source,
        string format,
        IReadOnlyDictionary<string, string> metadata,
        ImportOptions options,
        params IEnumerable<ImportNote> notes)
    {
        var import = new PyTorchImport(source, metadata, options);
        import._notes.AddRange(notes);
        import.FindModules();
        import.ReadLayers();
        return new ImportedModel
        {
            Definition = import.Define(),
            Format = format,
            LayerNames = import._names,
            Layout = import.Layout(),
            Notes = import._notes,
            Metadata = metadata,
        };
    }

    /// <summary>Notes something that the file does not say.</summary>
    public void Assume(string subject, string message) =>
        _notes.Add(new ImportNote(ImportNoteKind.Assumed, subject, message + "."));

    /// <summary>The activation of an <c>nn.RNN</c>.</summary>
    public Activation Nonlinearity(PyTorchModule module, ModuleListEntry entry)
    {
        if (entry.Argument is { } name)
        {
            return ActivationNames.Find(ModuleListEntry.Parse(name))
                ?? throw new ModelFormatException(
                    $"module '{module.Name}': expected an activation in parentheses, one of {ActivationNames.All}; "
                    + $"found '{entry}'.");
        }

        if (_options.Nonlinearity is null)
        {
            Assume(
                module.Name, $"its nonlinearity is tanh; {Option(nameof(ImportOptions.Nonlinearity))} says otherwise");
        }

        return _options.Nonlinearity ?? Activation.Tanh;
    }

    /// <summary>
    /// The activation that follows in the list, which becomes part of the layer before it; identity if none does.
    /// </summary>
    public Activation TakeActivation()
    {
        if (_next < _items.Count && _items[_next].Activation is { } activation)
        {
            _next++;
            return activation;
        }

        return Activation.Identity;
    }

    /// <summary>The layers of a module with the states that they start from.</summary>
    public IReadOnlyList<RecurrentLayer> WithInitialStates(string module, IReadOnlyList<RecurrentLayer> layers) =>
        InitialStates.TryGetValue(module, out InitialStateNames? names)
            ? InitialStateReader.Apply(_source, names, layers)
            : layers;

    private static string Option(string name) => $"{nameof(ImportOptions)}.{name}";

    private void FindModules()
    {
        HashSet<string> states =
            [.. InitialStates.Values.SelectMany(names => (string?[])[names.Hidden, names.Cell]).OfType<string>()];
        var finder = ModuleFinder.Find(_source, states);
        IEnumerable<string> recurrent = finder.Modules.OfType<RecurrentModule>().Select(module => module.Name);
        foreach (string module in InitialStates.Keys.Except(recurrent))
        {
            throw new ModelFormatException($"initial states: there is no recurrent module '{module}'.");
        }

        IReadOnlyList<string>? list = _options.Modules ?? _description.Modules;
        if (list is not null)
        {
            _items = ModuleListItem.Resolve(list, finder.Modules);
            NoteUnlisted(finder);
            return;
        }

        RequireModules(finder);
        ModuleOrder order = ModuleOrder.Find(finder.Modules, _source.HasModelOrder);
        if (order.First is null)
        {
            throw new ModelFormatException(
                $"the modules do not follow from each other: {string.Join(", ", finder.Modules.Take(16))}. "
                + $"Name those of the model in {Option(nameof(ImportOptions.Modules))}, in their order.");
        }

        _items = [.. order.First.Select(module => new ModuleListItem(module))];
        NoteOrder(order);
    }

    private static void RequireModules(ModuleFinder finder)
    {
        if (finder.Unknown.Count > 0)
        {
            throw new ModelFormatException(
                $"tensor '{finder.Unknown[0]}' belongs to no module that is supported (nn.LSTM, nn.GRU, nn.RNN, their "
                + "cells, nn.Linear, nn.Embedding, nn.BatchNorm1d). If the model does without it, name the model's "
                + $"modules in {Option(nameof(ImportOptions.Modules))}, in their order.");
        }

        if (finder.Modules.Count == 0)
        {
            throw new ModelFormatException("there are no parameters of PyTorch modules in it.");
        }
    }

    private void NoteUnlisted(ModuleFinder finder)
    {
        IEnumerable<string> modules = finder.Modules
            .Select(module => module.Name)
            .Except(_items.Select(item => item.Module?.Name).OfType<string>());
        foreach (string name in modules.Concat(finder.Unknown))
        {
            _notes.Add(new ImportNote(ImportNoteKind.Ignored, name, "it is not in the list of modules."));
        }
    }

    private void NoteOrder(ModuleOrder order)
    {
        string names = string.Join(", ", _items.Select(item => $"'{item.Module!.Name}'"));
        string option = $"{Option(nameof(ImportOptions.Modules))} says otherwise";
        if (_items.Count > 1)
        {
            Assume(
                names, (_source.HasModelOrder ? "applied in the order of the file" : "applied in an order that fits")
                + (order.HasOthers ? ", though another would fit as well; " : "; ") + option);
        }

        if (_items.Any(item => item.Module is MatrixModule { IsEmbedding: false }))
        {
            Assume(names, "no activations between or behind them; " + option);
        }

        IEnumerable<MatrixModule> matrices = _items.Select(item => item.Module).OfType<MatrixModule>();
        foreach (MatrixModule matrix in matrices.Where(matrix => matrix.IsEmbedding))
        {
            Assume(
                matrix.Name, "an nn.Embedding, because it comes first and has no bias; "
                + $"'{matrix.Name}(linear)' in {option}");
        }
    }

    private void ReadLayers()
    {
        while (_next < _items.Count)
        {
            ModuleListItem item = _items[_next++];
            int size = _layers.Count > 0
                ? _layers[^1].Specification.OutputSize
                : _items.Select(following => following.Module?.InputSize).OfType<int>().FirstOrDefault();
            RequireFit(item, size);
            IReadOnlyList<Layer> layers = item.Module?.Read(item.Entry, this) ?? [item.Create(size)];
            _layers.AddRange(layers);
            _names.AddRange(
                layers.Count == 1 ? [item.Name] : layers.Select((_, index) => $"{item.Name}[{index}]"));
        }
    }

    private void RequireFit(ModuleListItem item, int size)
    {
        if (size == 0)
        {
            throw new ModelFormatException("the list of modules names none that has parameters.");
        }

        if (item.Module is { } module && _layers.Count > 0 && module.InputSize != size)
        {
            throw new ModelFormatException(
                $"module {module}: expected one that takes {size} features, which is what '{_names[^1]}' before "
                + "it puts out.");
        }
    }

    private ModelDefinition Define()
    {
        ModelOutput? output = _options.Output ?? _description.Output;
        if (output is null)
        {
            Assume("output", $"every step is put out; {Option(nameof(ImportOptions.Output))} says otherwise");
        }

        try
        {
            return new ModelDefinition(_layers, output ?? ModelOutput.EveryStep, _description.Masking);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException($"{string.Join(", ", _names.Take(16))}: {e.Message}", e);
        }
    }

    private SequenceLayout Layout()
    {
        if (_options.Layout is null)
        {
            Assume("layout", $"time-major (batch_first=False); {Option(nameof(ImportOptions.Layout))} says otherwise");
        }

        return _options.Layout ?? SequenceLayout.TimeMajor;
    }
}
