namespace Recurrent.Layers;

/// <summary>Which buffer of a call belongs to which input or output of a model. Nothing is allocated unless it is refused.</summary>
internal static class BufferPlaces
{
    private const int ShownNames = 8;
    private const int ShownCharacters = 64;

    /// <summary>The index of the buffer that belongs to a name; -1 for none.</summary>
    /// <param name="buffers">The buffers.</param>
    /// <param name="names">What they may belong to.</param>
    /// <param name="index">Index of the name.</param>
    public static int Find<T>(ReadOnlySpan<InputBuffer<T>> buffers, IReadOnlyList<string> names, int index)
    {
        for (int i = 0; i < buffers.Length; i++)
        {
            if (buffers[i].Name is { } name ? name == names[index] : i == index)
            {
                return i;
            }
        }

        return -1;
    }

    /// <inheritdoc cref="Find{T}(ReadOnlySpan{InputBuffer{T}}, IReadOnlyList{string}, int)"/>
    public static int Find<T>(ReadOnlySpan<OutputBuffer<T>> buffers, IReadOnlyList<string> names, int index)
    {
        for (int i = 0; i < buffers.Length; i++)
        {
            if (buffers[i].Name is { } name ? name == names[index] : i == index)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>Refuses buffers that belong to nothing, or to the same.</summary>
    public static void Require<T>(
        ReadOnlySpan<InputBuffer<T>> buffers, IReadOnlyList<string> names, string argument)
    {
        for (int i = 0; i < buffers.Length; i++)
        {
            RequireFirst(Find(buffers, names, IndexOf(names, buffers[i].Name, i, argument)), i, argument);
        }
    }

    /// <summary>Refuses buffers that belong to nothing, or to the same.</summary>
    public static void Require<T>(
        ReadOnlySpan<OutputBuffer<T>> buffers, IReadOnlyList<string> names, string argument)
    {
        for (int i = 0; i < buffers.Length; i++)
        {
            RequireFirst(Find(buffers, names, IndexOf(names, buffers[i].Name, i, argument)), i, argument);
        }
    }

    /// <summary>Refuses buffers, each of which belongs to something else, unless there is one for everything.</summary>
    public static void RequireAll<T>(
        ReadOnlySpan<InputBuffer<T>> buffers, IReadOnlyList<string> names, string argument)
    {
        for (int index = 0; buffers.Length < names.Count && index < names.Count; index++)
        {
            if (Find(buffers, names, index) < 0)
            {
                throw new ArgumentException(
                    $"{argument}: expected one for every input of the model, found none for {names[index]} (input {index}).",
                    argument);
            }
        }
    }

    private static void RequireFirst(int first, int i, string argument)
    {
        if (first != i)
        {
            throw new ArgumentException(
                $"{argument}[{i}]: expected a place of its own, found that of {argument}[{first}].", argument);
        }
    }

    private static int IndexOf(IReadOnlyList<string> names, string? name, int position, string argument)
    {
        if (name is null && position < names.Count)
        {
            return position;
        }

        for (int i = 0; name is not null && i < names.Count; i++)
        {
            if (name == names[i])
            {
                return i;
            }
        }

        string known = string.Join(", ", names.Take(ShownNames)) + (names.Count > ShownNames ? ", …" : string.Empty);
        string found = name is null ? $"number {position + 1} without a name"
            : name.Length <= ShownCharacters ? $"'{name}'" : $"'{name[..ShownCharacters]}…'";
        throw new ArgumentException($"{argument}[{position}]: expected one of {known}; found {found}.", argument);
    }
}
