using Recurrent.Formats.Onnx;
using Recurrent.Formats.PyTorch.Checkpoint;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>The objects of an archive, their attributes, tensors and constants, as the code has them.</summary>
internal sealed class ScriptObjects(ScriptArchive archive, ScriptStates states, MemoryBudget budget)
{
    // What an object or an attribute takes, besides a tensor.
    private const int ObjectBytes = 24;

    private readonly Dictionary<PickleObject, ScriptObject> _objects = new(ReferenceEqualityComparer.Instance);

    /// <summary>What the code has under an attribute of an object.</summary>
    public object? Attribute(ScriptObject target, string name)
    {
        if (target.Attributes.TryGetValue(name, out object? known))
        {
            return known;
        }

        if (target.Definition?.Methods.TryGetValue(name, out ScriptDefinition? method) == true)
        {
            return new ScriptCallable(method, target);
        }

        string path = target.Path.Length == 0 ? name : $"{target.Path}.{name}";
        budget.TakeText(path.Length, "its objects");
        if (target.Saved?.Find(name) is not { } saved)
        {
            return target.Saved is not null && target.Saved.Named.Any(item => item.Key == name)
                ? null
                : throw new ModelFormatException($"the object {target} has no '{name}'.");
        }

        // Nobody trains here: what a module does in training is not what it is for.
        object? value = name == "training" ? false : Import(saved, path);
        target.Attributes[name] = value;
        if (saved is TorchTensor && value is ConstantValue constant)
        {
            states.Name(constant, path);
        }

        return value;
    }

    /// <summary>A value of a pickle as the code has it.</summary>
    public object? Import(object? saved, string path, bool isConstant = false)
    {
        budget.Take(ObjectBytes, "its objects");
        return saved switch
        {
            TorchTensor tensor => archive.Tensor(tensor, path, isConstant),
            PickleObject value => Object(value, path),
            List<object?> list => new ScriptList(list.Select(item => Import(item, path, isConstant))) { IsKept = true },
            object?[] tuple => tuple.Select(item => Import(item, path, isConstant)).ToArray(),
            _ => saved,
        };
    }

    /// <summary>A constant of the code, <c>c0</c>; not found if the archive has none of this name.</summary>
    public (bool IsFound, object? Value) Constant(string name)
    {
        int index = name.StartsWith('c') && int.TryParse(name.AsSpan(1), out int number) && number >= 0 ? number : int.MaxValue;
        return archive.Constant(index) is { } saved ? (true, Import(saved, $"CONSTANTS.{name}", isConstant: true)) : (false, null);
    }

    /// <summary>An object of the archive, the same each time.</summary>
    /// <param name="saved">The object.</param>
    /// <param name="path">Its name from the root.</param>
    public ScriptObject Object(PickleObject saved, string path)
    {
        if (!_objects.TryGetValue(saved, out ScriptObject? known))
        {
            known = new ScriptObject(path, saved.Type.ToString(), archive.Code.Find(saved.Type.ToString()))
            {
                Saved = saved.Attributes ?? new PickleDictionary(),
            };
            _objects.Add(saved, known);
        }

        return known;
    }
}
