namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>The dictionary of a checkpoint that holds a model's parameters by name.</summary>
internal sealed class StateDict
{
    // What training scripts call it; more than one may be there, then the first of these is taken.
    private static readonly string[] UsualNames =
        ["state_dict", "model_state_dict", "model_state", "model", "net", "network", "module", "params", "weights"];

    private StateDict(PickleDictionary dictionary)
    {
        foreach ((string name, object? value) in dictionary.Named)
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

    /// <summary>What is beside them.</summary>
    public List<string> Others { get; } = [];

    /// <summary>Entries of the file beside the dictionary itself, if it is one of several.</summary>
    public IReadOnlyList<string> Beside { get; private init; } = [];

    /// <summary>The name of the entry that it is; null if it is the whole file.</summary>
    public string? Name { get; private init; }

    /// <summary>Finds it.</summary>
    /// <param name="root">What the file holds.</param>
    /// <param name="name">The entry that it is; null to look for it.</param>
    public static StateDict Find(object? root, string? name)
    {
        if (root is not PickleDictionary dictionary)
        {
            throw new ModelFormatException(
                $"expected a dictionary of tensors by name, found {Describe(root)}. Save the parameters: "
                + "torch.save(model.state_dict(), path).");
        }

        // A checkpoint may have single tensors beside its state dict, which itself never holds such dictionaries.
        if (name is null && dictionary.HoldsTensors && !dictionary.Named.Any(IsUsual))
        {
            return new StateDict(dictionary);
        }

        Dictionary<string, object?> entries = new(dictionary.Named, StringComparer.Ordinal);
        string[] candidates =
        [
            .. entries.Where(entry => entry.Value is PickleDictionary { HoldsTensors: true })
                .Select(entry => entry.Key),
        ];
        string chosen = name is null ? Choose(candidates, entries.Keys) : candidates.Contains(name)
            ? name
            : throw new ModelFormatException(
                $"expected '{name}' to hold tensors by name; those that do are {List(candidates)}.");
        return new StateDict((PickleDictionary)entries[chosen]!)
        {
            Name = chosen,
            Beside = [.. entries.Keys.Where(key => key != chosen)],
        };
    }

    private static bool IsUsual(KeyValuePair<string, object?> entry) =>
        UsualNames.Contains(entry.Key) && entry.Value is PickleDictionary { HoldsTensors: true };

    private static string Choose(string[] candidates, IEnumerable<string> entries) =>
        UsualNames.FirstOrDefault(candidates.Contains)
        ?? (candidates.Length == 1
            ? candidates[0]
            : throw new ModelFormatException(
                candidates.Length == 0
                    ? $"there are no tensors by name in it, and none one level below; it has {List(entries)}."
                    : $"{List(candidates)} hold tensors; name one in "
                        + $"{nameof(ImportOptions)}.{nameof(ImportOptions.StateDict)}."));

    private static string List(IEnumerable<string> names) =>
        string.Join(", ", names.Take(16).Select(name => $"'{name}'")) is { Length: > 0 } list ? list : "nothing";

    private static string Describe(object? value) => value switch
    {
        TorchTensor => "a single tensor",
        List<object?> or object?[] => "a list",
        _ => "something else",
    };
}
