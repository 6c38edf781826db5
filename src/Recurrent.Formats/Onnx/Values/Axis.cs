namespace Recurrent.Formats.Onnx;

/// <summary>
/// An axis of data that flows through a graph. What it counts may be found out only when a layer reads it, so that is set
/// once, for all values that have the axis.
/// </summary>
internal sealed class Axis
{
    private OnnxAxis? _role;
    private int? _size;

    // The axis that this one has turned out to be, if values that have both were joined.
    private Axis? _same;

    public Axis(string name, int? size, OnnxAxis? role = null)
    {
        Name = name;
        _size = size;
        _role = role;
    }

    private Axis(Axis whole, int first, int size)
    {
        Name = $"{whole.Name}[{first}:{first + size}]";
        Whole = whole;
        First = first;
        _size = size;
    }

    private Axis(Axis rows, string name)
    {
        Name = name;
        Unsorted = rows;
    }

    public string Name { get; }

    /// <summary>The axis whose rows this one has in another order; null if it has none.</summary>
    public Axis? Unsorted { get; }

    /// <summary>The axis that says how long this one is.</summary>
    public Axis Counted => Unsorted ?? this;

    /// <summary>Its length; null if the graph leaves it open.</summary>
    public int? Size => Counted.Root._size;

    /// <summary>The axis of which this is a part; null if it is a whole one.</summary>
    public Axis? Whole { get; }

    /// <summary>The axis that this one was made of by taking steps away or adding some, and how many more it has; null for none.</summary>
    public (Axis Of, int More)? Origin { get; init; }

    /// <summary>Where the part begins.</summary>
    public int First { get; }

    /// <summary>What it counts; null if that is not known yet.</summary>
    public OnnxAxis? Role => Whole is null ? Counted.Root._role : Whole.Role;

    private Axis Root
    {
        get
        {
            Axis root = this;
            while (root._same is not null)
            {
                root = root._same;
            }

            // Whoever asks next finds it at once.
            if (!ReferenceEquals(root, this))
            {
                _same = root;
            }

            return root;
        }
    }

    /// <summary>Whether this is the same axis as another one.</summary>
    public bool IsSame(Axis other) => ReferenceEquals(Root, other.Root);

    /// <summary>Says that this is the same axis as another one, because values with both are joined.</summary>
    /// <returns>Whether they may be: they do not count different things, and do not differ in length.</returns>
    public bool Join(Axis other)
    {
        Axis root = Root;
        Axis added = other.Root;
        if (ReferenceEquals(root, added))
        {
            return true;
        }

        bool fits = root.Whole is null && added.Whole is null && root.Unsorted is null && added.Unsorted is null
            && (root._role is null || added._role is null || root._role == added._role)
            && (root._size is null || added._size is null || root._size == added._size);
        if (fits)
        {
            root._role ??= added._role;
            root._size ??= added._size;
            added._same = root;
        }

        return fits;
    }

    /// <summary>A part of this axis, or of the one that it is a part of.</summary>
    public Axis Part(int first, int size) =>
        Whole is null ? new Axis(this, first, size) : new Axis(Whole, First + first, size);

    /// <summary>An axis with the same rows in another order.</summary>
    public Axis Sort(string name) => new(Counted, name);

    /// <summary>Says what the axis counts.</summary>
    /// <returns>Whether that was not known to be something else.</returns>
    public bool Assign(OnnxAxis role)
    {
        if ((Whole ?? Unsorted) is { } other)
        {
            return other.Assign(role);
        }

        Axis root = Root;
        root._role ??= role;
        return root._role == role;
    }

    /// <summary>Says how long the axis is.</summary>
    /// <returns>Whether it was not known to have another length.</returns>
    public bool AssignSize(int size)
    {
        Axis root = Counted.Root;
        root._size ??= size;
        return root._size == size;
    }

    public override string ToString() => Role is { } role ? $"{role.ToString().ToLowerInvariant()} '{Name}'" : $"'{Name}'";
}
