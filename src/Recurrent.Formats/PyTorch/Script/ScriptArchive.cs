using Recurrent.Formats.Onnx;
using Recurrent.Formats.PyTorch.Checkpoint;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>
/// A TorchScript archive: a pickle with a tree of objects and their tensors, one with constants of the code, and the code as
/// text. Nothing of it is executed.
/// </summary>
internal sealed class ScriptArchive
{
    private readonly CheckpointContents _contents;
    private readonly CheckpointContents? _constants;
    private readonly Dictionary<TorchTensor, ConstantValue> _tensors = new(ReferenceEqualityComparer.Instance);

    private ScriptArchive(CheckpointContents contents, CheckpointContents? constants, ScriptCode code, MemoryBudget budget)
    {
        _contents = contents;
        _constants = constants;
        Code = code;
        Budget = budget;
        Root = contents.Root as PickleObject ?? throw new ModelFormatException("data.pkl: expected a module, found something else.");
    }

    /// <summary>The model: its class and attributes.</summary>
    public PickleObject Root { get; }

    public ScriptCode Code { get; }

    public MemoryBudget Budget { get; }

    /// <summary>Whether a zip file has the code of a TorchScript archive.</summary>
    public static bool Recognizes(ByteSource source)
    {
        try
        {
            return ZipContainer.Read(source, new MemoryBudget(source.Length)) is { } zip && ZipCheckpoint.FindCode(zip) is not null;
        }
        catch (ModelFormatException)
        {
            // Who reads it as a checkpoint says what is wrong with it.
            return false;
        }
    }

    /// <summary>Reads an archive.</summary>
    public static ScriptArchive Read(ByteSource source)
    {
        var budget = new MemoryBudget(source.Length);
        ZipContainer zip = ZipContainer.Read(source, budget);
        string folder = ZipCheckpoint.FindCode(zip) ?? throw new ModelFormatException("zip: expected code of TorchScript.");
        CheckpointContents contents = ZipCheckpoint.Read(source, zip, folder, "data", budget);
        CheckpointContents? constants = zip.Entries.ContainsKey(folder + "constants.pkl")
            ? ZipCheckpoint.Read(source, zip, folder, "constants", budget)
            : null;
        var code = new ScriptCode(
            name => zip.Entries.TryGetValue(folder + name, out ZipEntry entry) ? zip.Unpack(entry) : null, budget);
        return new ScriptArchive(contents, constants, code, budget);
    }

    /// <summary>A constant of the code by its number; null if there is none.</summary>
    public object? Constant(int index) =>
        _constants?.Root is IReadOnlyList<object?> values && index < values.Count ? values[index] : null;

    /// <summary>A tensor as a constant, the same for the same tensor of the file.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="name">Its name, for messages.</param>
    /// <param name="isConstant">Whether it is of the code and not of a module.</param>
    public ConstantValue Tensor(TorchTensor tensor, string name, bool isConstant)
    {
        if (!_tensors.TryGetValue(tensor, out ConstantValue? value))
        {
            value = new ConstantValue(Read(tensor, name, isConstant ? _constants! : _contents));
            _tensors.Add(tensor, value);
        }

        return value;
    }

    private OnnxTensor Read(TorchTensor tensor, string name, CheckpointContents contents)
    {
        var strided = new StridedTensor(name, tensor, contents.Open(tensor.Storage));
        Budget.Take(strided.ReadingBytes, $"tensor '{name}'");
        if (strided.ElementCount > int.MaxValue || tensor.Shape.Any(size => size > int.MaxValue))
        {
            throw new ModelFormatException($"tensor '{name}': expected at most {int.MaxValue} elements, found {strided.ElementCount}.");
        }

        int[] dimensions = [.. tensor.Shape.Select(size => (int)size)];
        if (ElementTypes.IsFloating(tensor.ElementType))
        {
            return OnnxTensor.Create(name, dimensions, strided.ToSingles().AsMemory());
        }

        Budget.Take((Int128)sizeof(long) * strided.ElementCount, $"tensor '{name}'");
        return OnnxTensor.Create(name, dimensions, strided.ToInt64s().AsMemory());
    }
}
