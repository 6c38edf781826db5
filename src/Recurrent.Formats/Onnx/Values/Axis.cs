namespace Recurrent.Formats.Onnx;

/// <summary>
/// An axis of data that flows through a graph. What it counts may be found out only when a layer reads it, so that is set
/// once, for all values that have the axis.
/// </summary>
internal sealed class Axis
{
    private OnnxAxis? _role;

    public Axis(string name, int? size, OnnxAxis? role = null)
    {
        Name = name;
        Size = size;
        _role = role;
    }

    private Axis(Axis whole, int first, int size)
    {
        Name = $"{whole.Name}[{first}:{first + size}]";
        Whole = whole;
        First = first;
        Size = size;
    }

    public string Name { get; }

    /// <summary>Its length; null if the graph leaves it open.</summary>
    public int? Size { get; private set; }

    /// <summary>The axis of which this is a part; null if it is a whole one.</summary>
    public Axis? Whole { get; }

    /// <summary>Where the part begins.</summary>
    public int First { get; }

    /// <summary>What it counts; null if that is not known yet.</summary>
    public OnnxAxis? Role => Whole is null ? _role : Whole.Role;

    /// <summary>A part of this axis, or of the one that it is a part of.</summary>
    public Axis Part(int first, int size) =>
        Whole is null ? new Axis(this, first, size) : new Axis(Whole, First + first, size);

    /// <summary>Says what the axis counts.</summary>
    /// <returns>Whether that was not known to be something else.</returns>
    public bool Assign(OnnxAxis role)
    {
        if (Whole is not null)
        {
            return Whole.Assign(role);
        }

        _role ??= role;
        return _role == role;
    }

    /// <summary>Says how long the axis is.</summary>
    /// <returns>Whether it was not known to have another length.</returns>
    public bool AssignSize(int size)
    {
        Size ??= size;
        return Size == size;
    }

    public override string ToString() => Role is { } role ? $"{role.ToString().ToLowerInvariant()} '{Name}'" : $"'{Name}'";
}
