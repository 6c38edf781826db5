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

    private readonly int _span;

    public ModuleListItem(PyTorchModule module, ModuleListEntry? entry = null)
    {
        Module = module;
        Entry = entry ?? new ModuleListEntry(module.Name, null);
    }

    private ModuleListItem(ModuleListEntry entry, Activation? activation, int span)
    {
        Entry = entry;
        Activation = activation;
        _span = span;
    }

    public ModuleListEntry Entry { get; }

    /// <summary>The module; null if it stands for something else.</summary>
    public PyTorchModule? Module { get; }

    /// <summary>The activation; null if it stands for something else.</summary>
    public Activation? Activation { get; }

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
    /// <param name="size">Features of a step.</param>
    public Layer Create(int size)
    {
        if (_span > 0)
        {
            return new ResidualLayer(new ResidualSpecification { InputSize = size, Span = _span });
        }

        return Activation is { } activation ? new ActivationLayer(size, activation) : new SoftmaxLayer(size);
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
            return new ModuleListItem(module is MatrixModule matrix ? matrix.As(entry) : module, entry);
        }

        if (entry == new ModuleListEntry(Softmax, null))
        {
            return new ModuleListItem(entry, activation: null, span: 0);
        }

        if (entry.Name == Residual)
        {
            return new ModuleListItem(entry, activation: null, Span(entry));
        }

        return ActivationNames.Find(entry) is { } activation
            ? new ModuleListItem(entry, activation, span: 0)
            : throw new ModelFormatException(
                $"'{entry}' is neither a module of the file "
                + $"({string.Join(", ", modules.Take(16).Select(m => $"'{m.Name}'"))}) "
                + $"nor one of {ActivationNames.All}, {Softmax}, {Residual}.");
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
