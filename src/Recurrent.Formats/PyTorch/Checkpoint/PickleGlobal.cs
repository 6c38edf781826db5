namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>
/// A class or function that a pickle names. It is a name and nothing else: nothing is looked up or called.
/// </summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    private const string Utilities = "torch._utils";

    public static PickleGlobal OrderedDictionary { get; } = new("collections", "OrderedDict");

    public static PickleGlobal RebuildTensor { get; } = new(Utilities, "_rebuild_tensor");

    public static PickleGlobal RebuildTensor2 { get; } = new(Utilities, "_rebuild_tensor_v2");

    public static PickleGlobal RebuildTensor3 { get; } = new(Utilities, "_rebuild_tensor_v3");

    public static PickleGlobal RebuildParameter { get; } = new(Utilities, "_rebuild_parameter");

    public static PickleGlobal RebuildParameterWithState { get; } = new(Utilities, "_rebuild_parameter_with_state");

    public static PickleGlobal Size { get; } = new("torch", "Size");

    private static HashSet<PickleGlobal> Functions { get; } =
    [
        OrderedDictionary, RebuildTensor, RebuildTensor2, RebuildTensor3, RebuildParameter, RebuildParameterWithState,
        Size,
    ];

    /// <summary>Whether it is among what tensors need.</summary>
    public bool IsAllowed => Functions.Contains(this) || TorchTypes.IsStorage(this) || TorchTypes.IsElementType(this);

    public override string ToString() => $"{Module}.{Name}";
}
