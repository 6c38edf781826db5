using System.Globalization;
using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// Everything that is needed to go on with a fit as if it had not been interrupted: parameters, what the optimizer
/// remembers, position, order of the data, states of callbacks, history; and the arithmetic that it was computed with.
/// </summary>
/// <remarks>
/// <para>
/// As a file it has the layout of safetensors: the parameters are tensors with names such as
/// <c>0.Forward.InputWeights</c>, which other tools can read. Files are read with bounds checked; they hold no code. A
/// SHA-256 of the header and of every tensor is in the file and checked whenever they are read.
/// </para>
/// <para>
/// Its size has no limit but that of the disk. Of a file with more than 64 MiB of numbers, the numbers stay where they are
/// until somebody asks for them. Such a file must not be replaced before that: it is then refused with an
/// <see cref="InvalidDataException"/>. A fit takes them when it begins, so it may write to the file that it goes on from.
/// </para>
/// </remarks>
public sealed class TrainingCheckpoint
{
    private const string FormatName = "format";
    private const string Format = "recurrent-training-2";
    private const string FormatWithoutChecksum = "recurrent-training-1";
    private const long MostInMemory = 64 << 20;

    internal TrainingCheckpoint()
        : this(new CheckpointContents(
            new Dictionary<string, string>(StringComparer.Ordinal),
            new Dictionary<string, CheckpointTensor>(StringComparer.Ordinal),
            HasChecksum: true))
    {
        SetText(FormatName, Format);
    }

    private TrainingCheckpoint(CheckpointContents contents)
    {
        Texts = contents.Texts;
        Tensors = contents.Tensors;
        TakeOldNames();
        HasChecksum = contents.HasChecksum;
    }

    /// <summary>
    /// Whether damage to it would have been noticed. False for what was read from a file of an older version, which has no
    /// checksum: one that is saved anew has.
    /// </summary>
    public bool HasChecksum { get; }

    /// <summary>Epochs that are done.</summary>
    public int Epoch => (int)GetValues<long>("position", 3)[0];

    /// <summary>Batches done in the epoch after those.</summary>
    public int Batch => (int)GetValues<long>("position", 3)[1];

    /// <summary>Updates of the model since it was compiled.</summary>
    public long Updates => GetValues<long>("position", 3)[2];

    /// <summary>The instruction set that it was computed with; <c>reference</c> for the managed one.</summary>
    public string InstructionSet => GetText("instruction_set");

    /// <summary>Who computed the large products.</summary>
    public string GemmProvider => GetText("gemm_provider");

    internal Dictionary<string, string> Texts { get; }

    internal Dictionary<string, CheckpointTensor> Tensors { get; }

    /// <summary>Reads a file, and checks all of it.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The checkpoint.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged or something else; the message says what and where.</exception>
    public static TrainingCheckpoint Load(string path) => Load(path, MostInMemory);

    /// <summary>
    /// Writes a file: beside it first, and then in its place at once, so that there is always a whole one.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written; the one that was there is still there.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    /// <exception cref="InvalidOperationException">There are more than 16 MiB of texts and names.</exception>
    public void Save(string path)
    {
        // What has been read from an older file is written as a new one.
        Texts[FormatName] = Format;
        CheckpointFile.Write(path, Texts, Tensors);
    }

    /// <summary>Whether there is something of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether there is.</returns>
    public bool Has(string name) => Tensors.ContainsKey(name) || Texts.ContainsKey(name);

    /// <summary>Puts a text in.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public void SetText(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(text);
        Texts[name] = text;
    }

    /// <summary>Takes a text out.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The text.</returns>
    /// <exception cref="InvalidDataException">There is none.</exception>
    public string GetText(string name) => Texts.TryGetValue(name, out string? text)
        ? text
        : throw new InvalidDataException($"The checkpoint has no text {name}.");

    /// <summary>Puts numbers in.</summary>
    /// <typeparam name="T">float, double or long.</typeparam>
    /// <param name="name">Their name.</param>
    /// <param name="values">The numbers, copied.</param>
    /// <exception cref="ArgumentException">The name is one that the file itself needs.</exception>
    public void SetValues<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged =>
        SetTensor(name, values.ToArray(), [values.Length]);

    /// <summary>Takes numbers out.</summary>
    /// <typeparam name="T">float, double or long.</typeparam>
    /// <param name="name">Their name.</param>
    /// <param name="count">How many are expected; null for any number.</param>
    /// <returns>The numbers.</returns>
    /// <exception cref="InvalidDataException">
    /// There are none, others, or not as many; or they are still in the file, which is damaged or has been replaced.
    /// </exception>
    /// <exception cref="IOException">They are still in the file, which cannot be read.</exception>
    public T[] GetValues<T>(string name, int? count = null)
        where T : unmanaged
    {
        if (!Tensors.TryGetValue(name, out CheckpointTensor? tensor) || tensor.Type != CheckpointTensor.TypeOf<T>())
        {
            throw new InvalidDataException(
                $"The checkpoint has no {name} of type {CheckpointTensor.TypeOf<T>()}"
                + (tensor is null ? "." : $", but one of type {tensor.Type}."));
        }

        long found = tensor.ByteCount / CheckpointTensor.SizeOf(tensor.Type);
        return count is null || found == count
            ? tensor.ToArray<T>()
            : throw new InvalidDataException(
                string.Create(CultureInfo.InvariantCulture, $"{name}: expected {count} values, found {found}."));
    }

    /// <param name="path">The file.</param>
    /// <param name="mostInMemory">Bytes of numbers up to which they are kept in memory.</param>
    internal static TrainingCheckpoint Load(string path, long mostInMemory)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        CheckpointContents contents = CheckpointReader.Read(path, mostInMemory);
        string? format = contents.Texts.GetValueOrDefault(FormatName);
        if (format == Format && !contents.HasChecksum)
        {
            throw new InvalidDataException($"{path}: the header is damaged: expected checksums, found none.");
        }

        return format is Format or FormatWithoutChecksum
            ? new TrainingCheckpoint(contents)
            : throw new InvalidDataException(
                $"{path}: expected a training checkpoint with format {Format}, found {format ?? "none"}.");
    }

    internal bool HasAny(string prefix) =>
        Tensors.Keys.Concat(Texts.Keys).Any(name => name.StartsWith(prefix, StringComparison.Ordinal));

    /// <param name="name">The name.</param>
    /// <param name="values">The numbers, which are the checkpoint's from here on.</param>
    /// <param name="shape">The sizes of their axes.</param>
    internal void SetTensor<T>(string name, T[] values, IReadOnlyList<long> shape)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name is CheckpointHeader.TextsName or CheckpointChecksums.Name)
        {
            throw new ArgumentException($"{nameof(name)}: '{name}' is one that the file itself needs.", nameof(name));
        }

        Tensors[name] = new MemoryTensor<T>(CheckpointTensor.TypeOf<T>(), shape, values);
    }

    internal void SetSnapshot(string name, ParameterSnapshot snapshot)
    {
        if (snapshot.Values is float[] singles)
        {
            SetValues<float>(name, singles);
        }
        else
        {
            SetValues<double>(name, (double[])snapshot.Values);
        }
    }

    /// <summary>Older files call recurrent weights and biases those of the state.</summary>
    private void TakeOldNames()
    {
        foreach ((string old, string name) in ((string, string)[])[
            (".StateWeights", "." + nameof(ParameterRole.RecurrentWeights)),
            (".StateBias", "." + nameof(ParameterRole.RecurrentBias))])
        {
            foreach (string key in Tensors.Keys.Where(key => key.EndsWith(old, StringComparison.Ordinal)).ToArray())
            {
                Tensors.Remove(key, out CheckpointTensor? tensor);
                Tensors.TryAdd(key[..^old.Length] + name, tensor!);
            }
        }
    }
}
