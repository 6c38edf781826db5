using Recurrent.Formats.PyTorch.Checkpoint;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats;

/// <summary>
/// A checkpoint that <c>torch.save</c> wrote (<c>.pt</c>, <c>.pth</c>): the tensors of a <c>state_dict()</c>, or of a whole
/// pickled module. Everything is checked when it is opened. Nothing of the file is executed and no class of it is made:
/// classes and functions are names, objects are data, and what tensors need is done here. Immutable; any thread may use it.
/// </summary>
/// <remarks>
/// Read are the zip files of PyTorch 1.6 and later, and the older format. Of a pickled module the parameters and buffers are
/// the tensors, under the names that its state dict would have; other objects of Python are passed over. TorchScript archives
/// are read by <see cref="ModelFile"/>. Opening reads the names and places of the tensors; <see cref="Tensor.ToSingles"/> then
/// reads one tensor from the file straight into the array that it returns.
/// </remarks>
public sealed class PyTorchFile : ITensorSource, IDisposable
{
    private readonly Dictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private readonly ByteSource _source;

    private PyTorchFile(ByteSource source, CheckpointContents contents, StateDict stateDict, MemoryBudget budget)
    {
        _source = source;
        Format = contents.Format;
        Notes = [.. NotesOf(stateDict)];
        Module = stateDict.Module;
        foreach ((string name, TorchTensor tensor) in stateDict.Tensors)
        {
            // Tensors may share memory. They are not all made to, so that the file could ask for any amount.
            var strided = new StridedTensor(name, tensor, contents.Open(tensor.Storage));
            budget.Take(strided.ReadingBytes, $"tensor '{name}'");
            if (!_tensors.TryAdd(name, strided))
            {
                throw new ModelFormatException($"tensor '{name}' is in it twice.");
            }
        }

        Tensors = _tensors.AsReadOnly();
    }

    /// <summary>The tensors by name, in the order in which the model made them.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors { get; }

    /// <inheritdoc/>
    IEnumerable<string> ITensorSource.TensorNames => _tensors.Keys;

    /// <inheritdoc/>
    bool ITensorSource.HasModelOrder => true;

    /// <summary>What the file is, for people.</summary>
    internal string Format { get; }

    /// <summary>What had to be decided to find the tensors.</summary>
    internal IReadOnlyList<ImportNote> Notes { get; }

    /// <summary>The pickled module whose tensors these are; null for a state dict.</summary>
    internal ModuleFacts? Module { get; }

    /// <summary>Opens a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="stateDict">
    /// The entry of the checkpoint that is the state dict, such as <c>model_state_dict</c>; null to look for it.
    /// </param>
    /// <returns>The file, which is open until it is disposed of or nobody refers to it any more.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ModelFormatException">
    /// It is not a checkpoint, is damaged, or holds something else than tensors; the message names it.
    /// </exception>
    public static PyTorchFile Open(string path, string? stateDict = null)
    {
        FileSource source = FileSource.Open(path);
        try
        {
            return Read(source, stateDict);
        }
        catch (ModelFormatException e)
        {
            source.Dispose();
            throw new ModelFormatException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Takes the contents of a file that lie in memory.</summary>
    /// <param name="bytes">The whole file. It is not copied and must not change.</param>
    /// <param name="stateDict">The entry of the checkpoint that is the state dict; null to look for it.</param>
    /// <returns>The tensors, which refer to <paramref name="bytes"/>.</returns>
    /// <exception cref="ModelFormatException">
    /// It is not a checkpoint, is damaged, or holds something else than tensors; the message names it.
    /// </exception>
    public static PyTorchFile Parse(ReadOnlyMemory<byte> bytes, string? stateDict = null) =>
        Read(new MemorySource(bytes), stateDict);

    /// <inheritdoc/>
    Tensor? ITensorSource.Find(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>Closes the file. Its tensors cannot be read any more.</summary>
    public void Dispose() => _source.Dispose();

    /// <summary>Whether a file that begins like this may be one: a zip file, or a pickle.</summary>
    internal static bool Recognizes(ReadOnlySpan<byte> beginning) =>
        ZipCheckpoint.Recognizes(beginning) || LegacyCheckpoint.Recognizes(beginning);

    private static PyTorchFile Read(ByteSource source, string? stateDict)
    {
        var beginning = new byte[Math.Min(LegacyCheckpoint.MagicBytes, source.Length)];
        source.Read(0, beginning);
        var budget = new MemoryBudget(source.Length);
        CheckpointContents contents = ZipCheckpoint.Recognizes(beginning) ? ZipCheckpoint.Read(source, budget)
            : LegacyCheckpoint.Recognizes(beginning) ? LegacyCheckpoint.Read(source, budget)
            : throw new ModelFormatException("expected a zip file or a pickle, which is what torch.save writes.");
        return new PyTorchFile(source, contents, StateDict.Find(contents.Root, stateDict, budget), budget);
    }

    private static IEnumerable<ImportNote> NotesOf(StateDict stateDict)
    {
        if (stateDict.Name is { } name)
        {
            yield return new ImportNote(
                ImportNoteKind.Assumed, name,
                $"it is the {(stateDict.Module is null ? "state dict" : "model")}; {nameof(ImportOptions)}.{nameof(ImportOptions.StateDict)} says otherwise.");
        }

        foreach (string other in stateDict.Beside.Concat(stateDict.Others))
        {
            yield return new ImportNote(ImportNoteKind.Ignored, other, "it is no tensor of the model.");
        }
    }
}
