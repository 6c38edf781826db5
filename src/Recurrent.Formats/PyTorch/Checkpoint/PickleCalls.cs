namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>What the functions that a pickle may name would return, for the arguments that it gives them.</summary>
internal static class PickleCalls
{
    public static object? Reduce(object? function, object? arguments)
    {
        if (function is not PickleGlobal global || arguments is not object?[] values)
        {
            throw new ModelFormatException("expected a function and a tuple of its arguments.");
        }

        if (global == PickleGlobal.OrderedDictionary)
        {
            return Dictionary(values);
        }

        if (global == PickleGlobal.DefaultDictionary)
        {
            return new PickleDictionary();
        }

        if (global.IsTypedList || global.IsTypeTag)
        {
            return values.Length > 0 ? values[0] : throw new ModelFormatException($"'{global}': expected an argument.");
        }

        // A parameter with attributes of its own: what makes it, its class, and what that is given.
        if (global == PickleGlobal.RebuildFromType && values is [PickleGlobal maker, _, object?[] inner, ..]
            && maker != global)
        {
            return Reduce(maker, inner);
        }

        if (global == PickleGlobal.Size && values is [IReadOnlyList<object?> sizes])
        {
            return sizes;
        }

        if (global == PickleGlobal.RebuildParameter || global == PickleGlobal.RebuildParameterWithState)
        {
            return values is [TorchTensor parameter, ..]
                ? parameter
                : throw new ModelFormatException($"'{global}': expected a tensor as its first argument.");
        }

        if (global == PickleGlobal.RebuildTensor || global == PickleGlobal.RebuildTensor2
            || global == PickleGlobal.RebuildTensor3)
        {
            return Tensor(global, values);
        }

        return Object(global, values);
    }

    /// <summary>An object of a class, as data.</summary>
    /// <param name="function">The class, or a function that makes it.</param>
    /// <param name="arguments">What that is given.</param>
    public static PickleObject Object(object? function, object?[] arguments)
    {
        if (function is not PickleGlobal global)
        {
            throw new ModelFormatException("expected the name of a class, found something else.");
        }

        bool namesClass = global == PickleGlobal.Reconstructor || global == PickleGlobal.OldReconstructor;
        return new PickleObject(namesClass && arguments is [PickleGlobal type, ..] ? type : global);
    }

    /// <summary>A storage from what the file calls it: its kind, its key, where it was, and its size.</summary>
    public static TorchStorage Storage(object? name)
    {
        if (name is not object?[] parts || parts is not ["storage", PickleGlobal type, string key, _, long count, ..])
        {
            throw new ModelFormatException("expected the name of a tensor's storage, found something else.");
        }

        if (!TorchTypes.IsStorage(type) || count < 0)
        {
            throw new ModelFormatException($"storage '{key}': {count} elements of '{type}'.");
        }

        if (parts is [_, _, _, _, _, not null, ..])
        {
            throw new ModelFormatException(
                $"storage '{key}' is a view of another, as files of PyTorch before 0.4 have them. Save it again.");
        }

        return new TorchStorage(key, TorchTypes.StorageElement(type), count);
    }

    /// <summary>The arguments of a class.</summary>
    public static object?[] Arguments(object? value) =>
        value as object?[] ?? throw new ModelFormatException("expected a tuple of arguments.");

    public static string Text(object? value) =>
        value as string ?? throw new ModelFormatException("expected text.");

    private static TorchTensor Tensor(PickleGlobal function, object?[] values)
    {
        // Python takes lists and tuples alike here, and below.
        if (values is not [
            TorchStorage storage, long offset, IReadOnlyList<object?> shape, IReadOnlyList<object?> strides, ..])
        {
            throw new ModelFormatException($"'{function}': expected a storage, an offset, sizes and strides.");
        }

        TensorElementType elementType = storage.ElementType;
        if (function == PickleGlobal.RebuildTensor3)
        {
            elementType = values is [_, _, _, _, _, _, PickleGlobal type, ..] && TorchTypes.IsElementType(type)
                ? TorchTypes.Element(type)
                : throw new ModelFormatException($"'{function}': expected the type of the elements.");
        }

        return TorchTensor.Create(storage, elementType, offset, Integers(shape), Integers(strides));
    }

    private static PickleDictionary Dictionary(object?[] arguments)
    {
        var dictionary = new PickleDictionary();
        if (arguments.Length == 0)
        {
            return dictionary;
        }

        // Python 2 gave the items as a list of pairs, TorchSharp.PyBridge gives none as an empty tuple.
        if (arguments is not [IReadOnlyList<object?> items])
        {
            throw NoPairs();
        }

        foreach (object? item in items)
        {
            if (item is not IReadOnlyList<object?> { Count: 2 } pair)
            {
                throw NoPairs();
            }

            dictionary.Add(pair[0], pair[1]);
        }

        return dictionary;
    }

    private static ModelFormatException NoPairs() => new(
        $"'{PickleGlobal.OrderedDictionary}': expected no argument, or a list or tuple of pairs.");

    private static long[] Integers(IReadOnlyList<object?> values) =>
        [.. values.Select(value => value as long? ?? throw new ModelFormatException("expected integers."))];
}
