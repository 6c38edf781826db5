namespace Recurrent.Tests.Shared;

/// <summary>A group of an HDF5 file in the making.</summary>
internal sealed class Hdf5Group
{
    /// <summary>The texts of each attribute, and whether they are a list or one text.</summary>
    public List<(string Name, string[] Texts, bool IsList)> Attributes { get; } = [];

    public SortedDictionary<string, Hdf5Group> Groups { get; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, (long[] Shape, float[] Values)> Data { get; } = new(StringComparer.Ordinal);

    public Hdf5Group Text(string name, string text)
    {
        Attributes.Add((name, [text], false));
        return this;
    }

    public Hdf5Group Texts(string name, params string[] texts)
    {
        Attributes.Add((name, texts, true));
        return this;
    }

    /// <summary>The group at a path, which is made.</summary>
    public Hdf5Group Group(string path)
    {
        Hdf5Group group = this;
        foreach (string part in path.Split('/'))
        {
            if (!group.Groups.TryGetValue(part, out Hdf5Group? next))
            {
                next = new Hdf5Group();
                group.Groups.Add(part, next);
            }

            group = next;
        }

        return group;
    }

    /// <summary>Adds a data set at a path.</summary>
    public Hdf5Group Set(string path, long[] shape, params float[] values)
    {
        int slash = path.LastIndexOf('/');
        (slash < 0 ? this : Group(path[..slash])).Data.Add(path[(slash + 1)..], (shape, values));
        return this;
    }
}
