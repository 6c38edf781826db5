using Recurrent.Formats.PyTorch.Pickled;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// The modules of a file that its model consists of, in their order: as a list has them, or all in an order that fits.
/// What nobody has said is refused or noted.
/// </summary>
internal sealed class ModuleSelection
{
    private const string OptionName = $"{nameof(ImportOptions)}.{nameof(ImportOptions.Modules)}";

    private readonly ImportOptions _options;
    private readonly SavedModel _description;
    private readonly ModuleFinder _finder;
    private readonly List<ImportNote> _notes = [];
    private readonly PickledTree? _tree;

    private ModuleSelection(ImportOptions options, SavedModel description, ModuleFinder finder, PickledTree? tree)
    {
        _tree = tree;
        _options = options;
        _description = description;
        _finder = finder;
    }

    /// <summary>The modules, and the layers without weights between them.</summary>
    public IReadOnlyList<ModuleListItem> Items { get; private set; } = [];

    /// <summary>What was assumed and left out.</summary>
    public IReadOnlyList<ImportNote> Notes => _notes;

    /// <summary>Selects the modules.</summary>
    /// <param name="finder">All that are in the file.</param>
    /// <param name="options">What is said of the model.</param>
    /// <param name="description">What the file says of it.</param>
    /// <param name="tree">The classes and attributes of the modules; null if the file does not say them.</param>
    public static ModuleSelection Of(
        ModuleFinder finder, ImportOptions options, SavedModel description, PickledTree? tree = null)
    {
        var selection = new ModuleSelection(options, description, finder, tree);
        if ((options.Modules ?? description.Modules) is { } list)
        {
            selection.TakeListed(tree?.Expand(list) ?? list);
        }
        else if (tree is { IsChain: true })
        {
            selection.TakeListed(tree.ExpandChain());
        }
        else if (tree is not null && !options.AssumeDefaults)
        {
            selection.Propose(tree);
        }
        else
        {
            selection.TakeAll();
        }

        selection.NoteEmbeddings();
        selection._notes.AddRange(tree?.Notes ?? []);
        return selection;
    }

    /// <summary>Refuses a pickled module whose code says in which order its modules are applied, with a guess.</summary>
    private void Propose(PickledTree tree)
    {
        IReadOnlyList<string> made = tree.Made();
        IReadOnlyList<PyTorchModule>? order =
            Follow(tree, made) ? null : ModuleOrder.Find(_finder.Modules, _finder.HasModelOrder).First;
        UnsaidOptions.RequireModules(
            _options,
            (_options.Output ?? _description.Output) is not null,
            order is null ? made : [.. order.Select(module => module.Name)]);
    }

    /// <summary>Whether each module takes as many features as the one before puts out.</summary>
    private bool Follow(PickledTree tree, IReadOnlyList<string> list)
    {
        try
        {
            PyTorchModule[] modules =
                [.. ModuleListItem.Resolve(tree.Expand(list), _finder.Modules).Select(item => item.Module).OfType<PyTorchModule>()];
            return modules.Zip(modules.Skip(1)).All(pair => pair.First.OutputSize == pair.Second.InputSize);
        }
        catch (ModelFormatException)
        {
            // A guess that makes no sense.
            return false;
        }
    }

    private void TakeListed(IReadOnlyList<string> list)
    {
        Items = ModuleListItem.Resolve(list, _finder.Modules);
        RequireSaid(modules: null, []);
        IEnumerable<string> modules = _finder.Modules
            .Select(module => module.Name)
            .Except(Items.Select(item => item.Module?.Name).OfType<string>());
        foreach (string name in modules.Concat(_finder.Unknown))
        {
            _notes.Add(new ImportNote(ImportNoteKind.Ignored, name, "it is not in the list of modules."));
        }
    }

    private void TakeAll()
    {
        RequireModules();
        if (_finder.Modules.FirstOrDefault(module => module.Unsaid is not null) is { } unsaid)
        {
            throw new ModelFormatException(
                $"module '{unsaid.Name}', perhaps an {unsaid.Kind}: a state dict does not say {unsaid.Unsaid}. Name the model's "
                + $"modules in {OptionName}, in their order.");
        }

        ModuleOrder order = ModuleOrder.Find(_finder.Modules, _finder.HasModelOrder);
        if (order.First is null)
        {
            throw new ModelFormatException(
                $"the modules do not follow from each other: {string.Join(", ", _finder.Modules.Take(16))}. "
                + $"Name those of the model in {OptionName}, in their order.");
        }

        IReadOnlyList<ModuleDoubt> doubts = ModuleDoubts.Find(order.First);
        RequireSaid(order.First, doubts);
        Items = [.. order.First.Select(module => new ModuleListItem(module))];
        NoteOrder(order, doubts);
    }

    private void RequireModules()
    {
        if (_finder.Unknown.Count > 0)
        {
            throw new ModelFormatException(
                $"tensor '{_finder.Unknown[0]}' belongs to no module that is supported (nn.LSTM, nn.GRU, nn.RNN, their "
                + "cells, nn.Linear, nn.Embedding, nn.BatchNorm1d, nn.Conv1d, nn.LayerNorm). If the model does without it, name its "
                + $"modules in {OptionName}, in their order.");
        }

        if (_finder.Modules.Count == 0)
        {
            throw new ModelFormatException("there are no parameters of PyTorch modules in it.");
        }
    }

    private void RequireSaid(IReadOnlyList<PyTorchModule>? modules, IReadOnlyList<ModuleDoubt> doubts) =>
        UnsaidOptions.Require(
            _options,
            hasOutput: (_options.Output ?? _description.Output) is not null,
            hasLayout: _options.Layout is not null || _description.IsFound || _tree is not null,
            modules,
            doubts,
            isPickled: _tree is not null);

    private void NoteOrder(ModuleOrder order, IReadOnlyList<ModuleDoubt> doubts)
    {
        string names = string.Join(", ", Items.Select(item => $"'{item.Module!.Name}'"));
        if (Items.Count > 1)
        {
            Assume(
                names,
                (_finder.HasModelOrder ? "applied in the order of the file" : "applied in an order that fits")
                + (order.HasOthers ? ", though another would fit as well" : ""));
        }

        if (Items.Any(item => item.Module is MatrixModule { IsEmbedding: false }))
        {
            Assume(names, "no activations between or behind them");
        }

        foreach (ModuleDoubt doubt in doubts)
        {
            Assume("modules", $"nothing {doubt.Place}");
        }
    }

    private void NoteEmbeddings()
    {
        foreach (ModuleListItem item in Items.Where(
            item => item.Module is MatrixModule { IsTakenForEmbedding: true } && item.Entry.Argument is null))
        {
            _notes.Add(new ImportNote(
                ImportNoteKind.Assumed,
                item.Name,
                "an nn.Embedding, because it comes first and has no bias; "
                + $"'{item.Name}({MatrixModule.LinearArgument})' in {OptionName} says otherwise."));
        }
    }

    private void Assume(string subject, string message) =>
        _notes.Add(new ImportNote(ImportNoteKind.Assumed, subject, $"{message}; {OptionName} says otherwise."));
}
