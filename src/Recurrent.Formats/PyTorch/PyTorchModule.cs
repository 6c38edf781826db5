using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// A module found in a file by the names of its parameters: sizes from their shapes, nothing read yet.
/// </summary>
internal abstract class PyTorchModule(ITensorSource source, string prefix)
{
    /// <summary>The module's name; empty for the parameters of a single module.</summary>
    public string Name => Prefix.TrimEnd('.');

    /// <summary>What its kind is called in PyTorch.</summary>
    public abstract string Kind { get; }

    public abstract int InputSize { get; }

    public abstract int OutputSize { get; }

    /// <summary>
    /// Where among modules it stands as a rule, where sizes leave a choice: recurrent ones come first.
    /// </summary>
    public virtual int Rank => 1;

    protected string Prefix { get; } = prefix;

    protected ITensorSource Source { get; } = source;

    /// <summary>What a list of modules has to say of it because no parameter does; null if there is nothing.</summary>
    public virtual string? Unsaid => null;

    /// <summary>The same module as an entry of a list of modules calls it.</summary>
    public virtual PyTorchModule As(ModuleListEntry entry) => this;

    /// <summary>The parameters that it may have.</summary>
    public abstract IEnumerable<string> KnownParameters();

    /// <summary>Reads the module's layers.</summary>
    /// <param name="entry">How the list of modules names it.</param>
    /// <param name="import">The import that it is part of.</param>
    public abstract IReadOnlyList<Layer> Read(ModuleListEntry entry, PyTorchImport import);

    /// <summary>How a list of modules names it if it is to say all that an import would assume of it.</summary>
    /// <param name="options">What is said of it elsewhere.</param>
    public virtual ModuleListEntry FullEntry(ImportOptions options) => new(Name, null);

    public override string ToString() => $"'{Name}' ({Kind}, {InputSize} to {OutputSize})";
}
