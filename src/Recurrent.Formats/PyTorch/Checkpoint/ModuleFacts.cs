using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>A module of a pickled tree: the name of its class, its attributes and the modules inside it, as data.</summary>
internal sealed class ModuleFacts
{
    // How deep modules are nested, and how many there may be.
    private const int MaxDepth = 64;
    private const int NodeBytes = 256;

    private readonly PickleDictionary _attributes;

    private ModuleFacts(string path, PickleObject module)
    {
        Path = path;
        Type = module.Type;
        _attributes = module.Attributes!;
    }

    /// <summary>Its name from the root, <c>net.lstm</c>; empty for the root.</summary>
    public string Path { get; }

    /// <summary>Its class.</summary>
    public PickleGlobal Type { get; }

    /// <summary>The modules inside it, in their order.</summary>
    public List<ModuleFacts> Children { get; } = [];

    /// <summary>Its own parameters and buffers.</summary>
    public List<KeyValuePair<string, TorchTensor>> Tensors { get; } = [];

    /// <summary>The name of its class if that is one of PyTorch's modules; null for somebody's own.</summary>
    public string? Kind => Type.Module.StartsWith("torch.nn.", StringComparison.Ordinal) ? Type.Name : null;

    /// <summary>It and all below it, parents first.</summary>
    public IEnumerable<ModuleFacts> All => Children.SelectMany(child => child.All).Prepend(this);

    /// <summary>Whether an object is a module.</summary>
    public static bool IsModule(object? value) =>
        value is PickleObject { Attributes: { } attributes } && attributes.Find("_modules") is PickleDictionary;

    /// <summary>The tree of a module.</summary>
    public static ModuleFacts Read(object? root, MemoryBudget budget) => Read("", (PickleObject)root!, 0, budget);

    public bool? Flag(string name) => _attributes.Find(name) as bool?;

    public string? Text(string name) => _attributes.Find(name) as string;

    public double? Number(string name) => _attributes.Find(name) switch
    {
        long integer => integer,
        double number => number,
        _ => null,
    };

    /// <summary>A number, or a tuple of one.</summary>
    public long? Integer(string name) => _attributes.Find(name) switch
    {
        long integer => integer,
        IReadOnlyList<object?> and [long only] => only,
        _ => null,
    };

    public override string ToString() => $"'{Path}' ({Type})";

    private static ModuleFacts Read(string path, PickleObject module, int depth, MemoryBudget budget)
    {
        budget.Take(NodeBytes + (2 * path.Length), "its modules");
        if (depth == MaxDepth)
        {
            throw new ModelFormatException($"module '{path}': expected modules at most {MaxDepth} deep.");
        }

        var facts = new ModuleFacts(path, module);
        string prefix = path.Length == 0 ? "" : path + ".";
        foreach (string table in (string[])["_parameters", "_buffers"])
        {
            foreach ((string name, object? value) in (facts._attributes.Find(table) as PickleDictionary)?.Named ?? [])
            {
                if (value is TorchTensor tensor)
                {
                    budget.Take(NodeBytes + (2 * (prefix.Length + name.Length)), "its parameters");
                    facts.Tensors.Add(KeyValuePair.Create(prefix + name, tensor));
                }
            }
        }

        foreach ((string name, object? value) in ((PickleDictionary)facts._attributes.Find("_modules")!).Named)
        {
            if (IsModule(value))
            {
                facts.Children.Add(Read(prefix + name, (PickleObject)value!, depth + 1, budget));
            }
            else if (value is not null)
            {
                throw new ModelFormatException($"module '{prefix}{name}': expected a module, found something else.");
            }
        }

        return facts;
    }
}
