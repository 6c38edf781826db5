using Recurrent.Formats.PyTorch.Checkpoint;
using Recurrent.Formats.PyTorch.Derived;
using Recurrent.Formats.PyTorch.Pickled;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

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

    private readonly PickledTree? _tree;

    private PyTorchImport(
        ITensorSource source, IReadOnlyDictionary<string, string> metadata, ImportOptions options, ModuleFacts? module)
    {
        _options = options;
        _description = SavedModel.Find(metadata);
        _source = new VisibleTensors(DerivedTensors.Of(source, out IReadOnlyList<ImportNote> notes), _description.Absent);
        _tree = PickledTree.Of(module, options);
        _notes.AddRange(notes);
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
        params IEnumerable<ImportNote> notes) => Read(source, format, metadata, options, module: null, notes);

    /// <summary>Reads a model.</summary>
    /// <param name="source">Its parameters.</param>
    /// <param name="format">What the file is.</param>
    /// <param name="metadata">What it says about itself.</param>
    /// <param name="options">What it does not say.</param>
    /// <param name="module">The pickled module whose parameters they are; null if there is none.</param>
    /// <param name="notes">What had to be decided before.</param>
    public static ImportedModel Read(
        ITensorSource source,
        string format,
        IReadOnlyDictionary<string, string> metadata,
        ImportOptions options,
        ModuleFacts? module,
        IEnumerable<ImportNote> notes)
    {
        var import = new PyTorchImport(source, metadata, options, module);
        import._notes.InsertRange(0, notes);
        import.FindModules();
        import.ReadLayers();
        return new ImportedModel
        {
            Definition = import.Define(),
            Format = format,
            LayerNames = import._names,
            Notes = import._notes,
            SampleRate = FileMetadata.SampleRateOf(metadata),
            Metadata = metadata.Where(entry => entry.Key != SavedModel.MetadataName).ToDictionary(),
        };
    }

    /// <summary>Notes something that the file does not say.</summary>
    public void Assume(string subject, string message) =>
        _notes.Add(new ImportNote(ImportNoteKind.Assumed, subject, message + "."));

    /// <summary>A number that the file says of a module; null if it says none.</summary>
    public double? Number(PyTorchModule module, string attribute) => _tree?.Find(module.Name)?.Number(attribute);

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

        if (_tree?.Find(module.Name) is { } facts)
        {
            bool isRelu = facts.Text("nonlinearity") == "relu" || facts.Text("mode") == "RNN_RELU";
            return isRelu ? Activation.Relu : Activation.Tanh;
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
        var finder = ModuleFinder.Find(_source, states, _tree);
        IEnumerable<string> recurrent = finder.Modules.OfType<RecurrentModule>().Select(module => module.Name);
        foreach (string module in InitialStates.Keys.Except(recurrent))
        {
            throw new ModelFormatException($"initial states: there is no recurrent module '{module}'.");
        }

        ModuleSelection selection = ModuleSelection.Of(finder, _options, _description, _tree);
        _items = selection.Items;
        _notes.AddRange(selection.Notes);
    }

    private void ReadLayers()
    {
        while (_next < _items.Count)
        {
            ModuleListItem item = _items[_next++];
            int size = _description.Graph is { } graph ? SizeRead(item, graph) : SizeBefore();
            if (_description.Graph is null)
            {
                RequireFit(item, size);
            }

            if (_description.Graph is null && item.Module is null && StructureLayers.IsRepeat(item.Entry) && EndsInSteps())
            {
                _layers.Add(new LastStepLayer(size));
                _names.Add($"{_names[^1]}.last_step");
            }

            IReadOnlyList<Layer> layers = item.Module?.Read(item.Entry, this) ?? [item.Create(size)];
            _layers.AddRange(layers);
            _names.AddRange(
                layers.Count == 1 ? [item.Name] : layers.Select((_, index) => $"{item.Name}[{index}]"));
        }
    }

    /// <summary>Whether the layers so far give a value for every step, of which one that repeats a row takes the last.</summary>
    private bool EndsInSteps() => _layers.Count > 0
        && _layers.FindLastIndex(layer => layer is LastStepLayer or FinalStateLayer)
            <= _layers.FindLastIndex(layer => layer is RepeatLayer);

    /// <summary>What the next layer of a list of layers reads.</summary>
    private int SizeBefore() => _layers.Count > 0
        ? _layers[^1].Specification.OutputSize
        : _items.Select(following => following.Module?.InputSize).OfType<int>().FirstOrDefault();

    /// <summary>The features that the next layer of a graph reads: of all values together where it joins them.</summary>
    private int SizeRead(ModuleListItem item, SavedGraph graph)
    {
        IReadOnlyList<int> reads = _layers.Count < graph.Reads.Count
            ? graph.Reads[_layers.Count]
            : throw new ModelFormatException(
                $"the graph of the model: expected what layer {_layers.Count}, '{item.Name}', reads, found "
                + $"{graph.Reads.Count} layers.");
        int[] sizes = [.. reads.Select(value => SizeOf(value, graph))];
        if (sizes.Length == 0)
        {
            throw new ModelFormatException(
                $"the graph of the model: expected values that layer {_layers.Count}, '{item.Name}', reads, found none.");
        }

        return (int)Math.Min(item.JoinsValues ? sizes.Sum(size => (long)size) : sizes[0], int.MaxValue);
    }

    private int SizeOf(int value, SavedGraph graph)
    {
        if (value >= graph.Inputs.Count + _layers.Count)
        {
            throw new ModelFormatException(
                $"the graph of the model: layer {_layers.Count} reads value {value}, expected one before its own, 0 to "
                + $"{graph.Inputs.Count + _layers.Count - 1}.");
        }

        return value < graph.Inputs.Count
            ? graph.Inputs[value].Size
            : _layers[value - graph.Inputs.Count].Specification.OutputSize;
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
                + $"it puts out{OtherReading(module)}.");
        }
    }

    /// <summary>Where the first module could also be read as what would fit: how to say so.</summary>
    private string OtherReading(PyTorchModule module) =>
        _layers.Count == 1 && _items[0].Module is MatrixModule { IsAmbiguous: true } first
        && first.As(!first.IsEmbedding) is var other && other.OutputSize == module.InputSize
            ? $"; '{other.Name}({other.Argument})' would fit"
            : "";

    private ModelDefinition Define()
    {
        ModelOutput? output = _options.Output ?? _description.Output;
        if (output is null)
        {
            Assume("output", $"every step is put out; {Option(nameof(ImportOptions.Output))} says otherwise");
        }

        SequenceLayout layout = Layout();
        try
        {
            if (_description.Graph is { } graph)
            {
                return DefineGraph(graph, layout);
            }

            return new ModelDefinition(
                _layers, output ?? ModelOutput.EveryStep, _description.Masking, layout, _description.EmptyRow);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException($"{string.Join(", ", _names.Take(16))}: {e.Message}", e);
        }
    }

    private ModelDefinition DefineGraph(SavedGraph graph, SequenceLayout layout)
    {
        if (_options.Output is { } output and not ModelOutput.EveryStep)
        {
            throw new ModelFormatException(
                $"the model puts out values by name, {string.Join(", ", graph.Outputs.Take(16).Select(o => $"'{o.Name}'"))}: "
                + $"expected no {Option(nameof(ImportOptions.Output))}, found {output}.");
        }

        if (graph.Reads.Count != _layers.Count)
        {
            throw new ModelFormatException(
                $"the graph of the model: expected what each of {_layers.Count} layers reads, found {graph.Reads.Count}.");
        }

        return new ModelDefinition(
            graph.Inputs,
            [.. _layers.Select((layer, index) => new LayerNode(layer, graph.Reads[index]))],
            graph.Outputs,
            _description.Masking,
            layout,
            _description.EmptyRow);
    }

    private SequenceLayout Layout()
    {
        SequenceLayout? layout = _options.Layout ?? _description.Layout ?? LayoutOfModules();
        if (layout is null)
        {
            Assume("layout", $"time-major (batch_first=False); {Option(nameof(ImportOptions.Layout))} says otherwise");
        }

        return layout ?? SequenceLayout.TimeMajor;
    }

    /// <summary>What the recurrent modules of a pickled tree say; null without such a tree.</summary>
    private SequenceLayout? LayoutOfModules()
    {
        if (_tree is null)
        {
            return null;
        }

        (string Name, bool IsBatchFirst)[] said =
        [
            .. _items.Select(item => item.Module).OfType<RecurrentModule>()
                .Select(module => (module.Name, _tree.Find(module.Name)?.Flag("batch_first") ?? false)),
        ];
        (string other, _) = said.FirstOrDefault(module => module.IsBatchFirst != said[0].IsBatchFirst);
        return other is not null
            ? throw new ModelFormatException(
                $"modules '{said[0].Name}' and '{other}' differ in batch_first; {Option(nameof(ImportOptions.Layout))} says what the "
                + "model's inputs have.")
            : said.Length == 0 || said[0].IsBatchFirst ? SequenceLayout.BatchMajor : SequenceLayout.TimeMajor;
    }
}
