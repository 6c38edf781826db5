using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>What holds a model's parameters by name in a checkpoint: a dictionary, or a whole pickled module.</summary>
internal sealed class StateDict
{
    // What training scripts call it; more than one may be there, then the first of these is taken.
    private static readonly string[] UsualNames =
        ["state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "params", "weights"];

    private StateDict(object? holder, MemoryBudget budget)
    {
        if (ModuleFacts.IsModule(holder))
        {
            Module = ModuleFacts.Read(holder, budget);
            Tensors.AddRange(Module.All.SelectMany(module => module.Tensors));
            return;
        }

        foreach ((string name, object? value) in ((PickleDictionary)holder!).Named)
        {
            if (value is TorchTensor tensor)
            {
                Tensors.Add(KeyValuePair.Create(name, tensor));
            }
            else
            {
                Others.Add(name);
            }
        }
    }

    /// <summary>The tensors, in the order in which they were saved.</summary>
    public List<KeyValuePair<string, TorchTensor>> Tensors { get; } = [];

    /// <summary>The module that they are of; null if there are only their names.</summary>
    public ModuleFacts? Module { get; }

    /// <summary>What is beside them.</summary>
    public List<string> Others { get; } = [];

    /// <summary>Entries of the file beside the dictionary itself, if it is one of several.</summary>
    public IReadOnlyList<string> Beside { get; private init; } = [];

    /// <summary>The name of the entry that it is; null if it is the whole file.</summary>
    public string? Name { get; private init; }

    /// <summary>Finds it.</summary>
    /// <param name="root">What the file holds.</param>
    /// <param name="name">The entry that it is; null to look for it.</param>
    /// <param name="budget">What is asked for the memory of a tree of modules.</param>
    public static StateDict Find(object? root, string? name, MemoryBudget budget)
    {
        if (name is null && ModuleFacts.IsModule(root))
        {
            return new StateDict(root, budget);
        }

        if (root is not PickleDictionary dictionary)
        {
            throw new ModelFormatException(
                $"expected a dictionary of tensors by name or a module, found {Describe(root)}. Save the parameters: "
                + "torch.save(model.state_dict(), path).");
        }

        // A checkpoint may have single tensors beside its state dict, which itself never holds such dictionaries.
        if (name is null && dictionary.HoldsTensors && !dictionary.Named.Any(IsUsual))
        {
            return new StateDict(dictionary, budget);
        }

        Dictionary<string, object?> entries = new(dictionary.Named, StringComparer.Ordinal);
        string[] candidates = [.. entries.Where(entry => HoldsParameters(entry.Value)).Select(entry => entry.Key)];
        string chosen = name is null ? Choose(candidates, entries) : candidates.Contains(name)
            ? name
            : throw new ModelFormatException(
                $"expected '{name}' to hold tensors by name; those that do are {List(candidates)}.");
        return new StateDict(entries[chosen], budget)
        {
            Name = chosen,
            Beside = [.. entries.Keys.Where(key => key != chosen)],
        };
    }

    private static bool HoldsParameters(object? value) =>
        value is PickleDictionary { HoldsTensors: true } || ModuleFacts.IsModule(value);

    private static bool IsUsual(KeyValuePair<string, object?> entry) =>
        UsualNames.Contains(entry.Key) && HoldsParameters(entry.Value);

    private static string Choose(string[] candidates, Dictionary<string, object?> entries)
    {
        if (UsualNames.FirstOrDefault(candidates.Contains) is { } usual)
        {
            return usual;
        }

        // A criterion is a module, too, mostly one without parameters: a dictionary of tensors comes first.
        string[] dictionaries = [.. candidates.Where(name => entries[name] is PickleDictionary)];
        string[] likely = dictionaries.Length > 0 ? dictionaries
            : candidates.Length > 1 ? [.. candidates.Where(name => !IsBare(entries[name]))]
            : candidates;
        return likely.Length == 1
            ? likely[0]
            : throw new ModelFormatException(
                candidates.Length == 0
                    ? $"there are no tensors by name in it, and none one level below; it has {List(entries.Keys)}."
                    : $"{List(candidates)} hold tensors; name one in "
                        + $"{nameof(ImportOptions)}.{nameof(ImportOptions.StateDict)}.");
    }

    /// <summary>Whether a module has neither parameters nor modules inside.</summary>
    private static bool IsBare(object? value) =>
        value is PickleObject { Attributes: { } attributes }
        && (attributes.Find("_modules") as PickleDictionary)?.Named.Any() != true
        && (attributes.Find("_parameters") as PickleDictionary)?.HoldsTensors != true;

    private static string List(IEnumerable<string> names) =>
        string.Join(", ", names.Take(16).Select(name => $"'{name}'")) is { Length: > 0 } list ? list : "nothing";

    private static string Describe(object? value) => value switch
    {
        TorchTensor => "a single tensor",
        List<object?> or object?[] => "a list",
        PickleObject other => other.ToString(),
        _ => "something else",
    };
}
