namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>
/// What a pickle says of an object: the name of its class, or of the function that makes it, and data. It is never made.
/// </summary>
internal sealed class PickleObject(PickleGlobal type)
{
    /// <summary>The class or function; a name and nothing else.</summary>
    public PickleGlobal Type => type;

    /// <summary>What it is given after it has been made: for most objects a dictionary of their attributes.</summary>
    public object? State { get; set; }

    /// <summary>Its attributes by name; null if it has none.</summary>
    public PickleDictionary? Attributes => State as PickleDictionary;

    public override string ToString() => $"an object of {type}";
}
