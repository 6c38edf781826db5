namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>PyTorch's names of element types, and of the storages that hold them.</summary>
internal static class TorchTypes
{
    private const string Torch = "torch";
    private const string StorageModule = "torch.storage";
    private const string UntypedName = "UntypedStorage";

    private static readonly Dictionary<string, TensorElementType> ByStorage = new(StringComparer.Ordinal)
    {
        ["DoubleStorage"] = TensorElementType.F64,
        ["FloatStorage"] = TensorElementType.F32,
        ["HalfStorage"] = TensorElementType.F16,
        ["BFloat16Storage"] = TensorElementType.BF16,
        ["LongStorage"] = TensorElementType.I64,
        ["IntStorage"] = TensorElementType.I32,
        ["ShortStorage"] = TensorElementType.I16,
        ["CharStorage"] = TensorElementType.I8,
        ["ByteStorage"] = TensorElementType.U8,
        ["BoolStorage"] = TensorElementType.Bool,
        ["ComplexFloatStorage"] = TensorElementType.C64,
        [UntypedName] = TensorElementType.U8,
    };

    private static readonly Dictionary<string, TensorElementType> ByElement = new(StringComparer.Ordinal)
    {
        ["float64"] = TensorElementType.F64,
        ["float32"] = TensorElementType.F32,
        ["float16"] = TensorElementType.F16,
        ["bfloat16"] = TensorElementType.BF16,
        ["int64"] = TensorElementType.I64,
        ["int32"] = TensorElementType.I32,
        ["int16"] = TensorElementType.I16,
        ["int8"] = TensorElementType.I8,
        ["uint8"] = TensorElementType.U8,
        ["uint16"] = TensorElementType.U16,
        ["uint32"] = TensorElementType.U32,
        ["uint64"] = TensorElementType.U64,
        ["bool"] = TensorElementType.Bool,
        ["complex64"] = TensorElementType.C64,
        ["float8_e5m2"] = TensorElementType.F8E5M2,
        ["float8_e4m3fn"] = TensorElementType.F8E4M3,
    };

    public static bool IsStorage(PickleGlobal global) =>
        (global.Module == Torch && ByStorage.ContainsKey(global.Name))
        || (global.Module == StorageModule && global.Name == UntypedName);

    public static bool IsElementType(PickleGlobal global) =>
        global.Module == Torch && ByElement.ContainsKey(global.Name);

    public static TensorElementType StorageElement(PickleGlobal global) => ByStorage[global.Name];

    public static TensorElementType Element(PickleGlobal global) => ByElement[global.Name];
}
