using System.Globalization;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// An entry of a list of modules and what it stands for: a module of the file, or a layer without weights.
/// </summary>
internal sealed class ModuleListItem
{
    public const string Softmax = "softmax";
    public const string Residual = "residual";

    private readonly Func<int, Layer>? _create;

    public ModuleListItem(PyTorchModule module, ModuleListEntry? entry = null)
    {
        Module = module;
        Entry = entry ?? new ModuleListEntry(module.Name, null);
    }

    private ModuleListItem(ModuleListEntry entry, Activation? activation, Func<int, Layer>? create)
    {
        Entry = entry;
        Activation = activation;
        _create = create;
    }

    public ModuleListEntry Entry { get; }

    /// <summary>The module; null if it stands for something else.</summary>
    public PyTorchModule? Module { get; }

    /// <summary>The activation; null if it stands for something else.</summary>
    public Activation? Activation { get; }

    /// <summary>Whether its layer reads several values side by side.</summary>
    public bool JoinsValues => Module is null && Entry == StructureLayers.Joining;

    /// <summary>The name of its layer.</summary>
    public string Name => Module?.Name ?? Entry.ToString();

    /// <summary>Finds what the entries of a list stand for.</summary>
    public static IReadOnlyList<ModuleListItem> Resolve(
        IReadOnlyList<string> list, IReadOnlyList<PyTorchModule> modules)
    {
        if (list.Count is < 1 or > PyTorchImport.MaxModules)
        {
            throw new ModelFormatException(
                $"the list of modules: expected 1 to {PyTorchImport.MaxModules} entries, found {list.Count}.");
        }

        ModuleListItem[] items = [.. list.Select(entry => Resolve(ModuleListEntry.Parse(entry), modules))];
        items[0] = items[0].AsEmbeddingIfItFits(items.Skip(1).Select(item => item.Module).OfType<PyTorchModule>());
        string? twice = items.Select(item => item.Module?.Name).OfType<string>()
            .GroupBy(name => name, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1)?.Key;
        return twice is null ? items : throw new ModelFormatException($"the list of modules names '{twice}' twice.");
    }

    /// <summary>The layer that it stands for, if that is not a module.</summary>
    /// <param name="size">Features that it reads.</param>
    /// <exception cref="ModelFormatException">There is no such layer of so many features.</exception>
    public Layer Create(int size)
    {
        try
        {
            return _create is not null ? _create(size) : new ActivationLayer(size, Activation!.Value);
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException($"'{Entry}', which reads {size} features: {e.Message}", e);
        }
    }

    /// <summary>
    /// The first item of a list; where nobody says whether it is an embedding, the same that is found without a list.
    /// </summary>
    private ModuleListItem AsEmbeddingIfItFits(IEnumerable<PyTorchModule> following) =>
        Module is MatrixModule { IsAmbiguous: true } matrix && Entry.Argument is null
        && (following.FirstOrDefault()?.InputSize ?? matrix.As(isEmbedding: true).OutputSize)
            == matrix.As(isEmbedding: true).OutputSize
            ? new ModuleListItem(matrix.As(isEmbedding: true), Entry)
            : this;

    private static ModuleListItem Resolve(ModuleListEntry entry, IReadOnlyList<PyTorchModule> modules)
    {
        PyTorchModule? module = FindModule(entry, modules);
        if (module is not null)
        {
            return new ModuleListItem(module.As(entry), entry);
        }

        if (entry == new ModuleListEntry(Softmax, null))
        {
            return new ModuleListItem(entry, activation: null, size => new SoftmaxLayer(size));
        }

        if (entry.Name == Residual)
        {
            int span = Span(entry);
            return new ModuleListItem(
                entry, activation: null,
                size => new ResidualLayer(new ResidualSpecification { InputSize = size, Span = span }));
        }

        if (StructureLayers.Find(entry) is { } create)
        {
            return new ModuleListItem(entry, activation: null, create);
        }

        return ActivationNames.Find(entry) is { } activation
            ? new ModuleListItem(entry, activation, create: null)
            : throw new ModelFormatException(
                $"'{entry}' is neither a module of the file "
                + $"({string.Join(", ", modules.Take(16).Select(m => $"'{m.Name}'"))}) "
                + $"nor one of {ActivationNames.All}, {Softmax}, {Residual}, {StructureLayers.All}.");
    }

    private static PyTorchModule? FindModule(ModuleListEntry entry, IReadOnlyList<PyTorchModule> modules)
    {
        PyTorchModule? exact = modules.FirstOrDefault(module => module.Name == entry.Name);
        if (exact is not null || entry.Name.Length == 0)
        {
            return exact;
        }

        PyTorchModule[] ending =
            [.. modules.Where(module => module.Name.EndsWith("." + entry.Name, StringComparison.Ordinal))];
        return ending.Length < 2
            ? ending.FirstOrDefault()
            : throw new ModelFormatException(
                $"'{entry.Name}' could be '{ending[0].Name}' or '{ending[1].Name}': name it whole.");
    }

    private static int Span(ModuleListEntry entry) =>
        int.TryParse(entry.Argument, NumberStyles.None, CultureInfo.InvariantCulture, out int span)
        && span is >= 1 and <= PyTorchImport.MaxModules
            ? span
            : throw new ModelFormatException(
                $"'{entry}': expected the number of layers that it goes around in parentheses, 1 to "
                + $"{PyTorchImport.MaxModules}.");
}
