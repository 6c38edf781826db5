namespace Recurrent.Formats.PyTorch.Script;

/// <summary>A list of the code, which it may add to.</summary>
internal sealed class ScriptList(IEnumerable<object?> items)
{
    public List<object?> Items { get; } = [.. items];

    /// <summary>Whether an object of the archive has it, which keeps it from one call to the next.</summary>
    public bool IsKept { get; init; }

    /// <summary>Where a loop over steps has added an element at each: these as a sequence, of which the steps are the first dimension.</summary>
    public Onnx.FlowValue? Steps { get; set; }
}

/// <summary>A method of an object, or a function.</summary>
/// <param name="Definition">Where it is written.</param>
/// <param name="Self">The object; null for a function.</param>
internal sealed record ScriptCallable(ScriptDefinition Definition, ScriptObject? Self);

/// <summary>A name of PyTorch's own: a function, or a part of a longer name.</summary>
internal sealed record ScriptBuiltin(string Name);

/// <summary>A condition that depends on what the model is given.</summary>
internal sealed record ScriptUndecided(string What)
{
    public override string ToString() => What;
}

/// <summary>Something that no layer depends on: a type of elements, a device.</summary>
internal sealed record ScriptOpaque(string What)
{
    public override string ToString() => What;
}

/// <summary>Rows of several lengths, packed.</summary>
/// <param name="Flow">The rows, as long as the longest.</param>
/// <param name="Lengths">How long each is.</param>
/// <param name="IsBatchFirst">Whether the batch is the first axis.</param>
internal sealed record ScriptPacked(Onnx.Value Flow, Onnx.Value Lengths, bool IsBatchFirst)
{
    /// <summary>Dimensions of packed rows: all steps of all rows, and their features.</summary>
    public const long Rank = 2;

    public override string ToString() => $"packed rows of {Flow}";
}

/// <summary>The order of rows by their lengths, or the one that undoes it.</summary>
internal sealed class ScriptOrder
{
    public override string ToString() => "the order of rows by their lengths";
}

/// <summary>The numbers from 0.</summary>
internal sealed class ScriptRange
{
    public override string ToString() => "the numbers from 0";
}

/// <summary>How many rows there are at each step of packed ones.</summary>
internal sealed record ScriptBatchSizes(ScriptPacked Packed)
{
    /// <summary>How many rows there are at the first step, which all have.</summary>
    public object Rows(ScriptArguments arguments) => ScriptArguments.Boxed(arguments.Shape(Packed.Flow)[Packed.IsBatchFirst ? 0 : 1]);

    /// <summary>How many steps the longest row has.</summary>
    public object Steps(ScriptArguments arguments) => ScriptArguments.Boxed(arguments.Shape(Packed.Flow)[Packed.IsBatchFirst ? 1 : 0]);

    public override string ToString() => $"how many rows there are at each step of {Packed}";
}
