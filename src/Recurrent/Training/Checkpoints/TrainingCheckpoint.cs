using System.Globalization;
using System.Runtime.InteropServices;

namespace Recurrent.Training;

/// <summary>
/// Everything that is needed to go on with a fit as if it had not been interrupted: parameters, what the optimizer
/// remembers, position, order of the data, states of callbacks, history; and the arithmetic that it was computed with.
/// </summary>
/// <remarks>
/// As a file it has the layout of safetensors: the parameters are tensors with names such as
/// <c>0.Forward.InputWeights</c>, which other tools can read. Files are read with bounds checked; they hold no code.
/// </remarks>
public sealed class TrainingCheckpoint
{
    private const string Format = "recurrent-training-1";

    internal TrainingCheckpoint()
    {
        SetText("format", Format);
    }

    private TrainingCheckpoint(Dictionary<string, string> texts, Dictionary<string, CheckpointTensor> tensors)
    {
        Texts = texts;
        Tensors = tensors;
    }

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

    internal Dictionary<string, string> Texts { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, CheckpointTensor> Tensors { get; } = new(StringComparer.Ordinal);

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The checkpoint.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">It is damaged or something else; the message says what and where.</exception>
    public static TrainingCheckpoint Load(string path)
    {
        CheckpointFile.Read(path, out Dictionary<string, string> texts, out Dictionary<string, CheckpointTensor> tensors);
        return texts.GetValueOrDefault("format") == Format
            ? new TrainingCheckpoint(texts, tensors)
            : throw new InvalidDataException($"{path}: expected a training checkpoint with format {Format}.");
    }

    /// <summary>
    /// Writes a file: beside it first, and then in its place at once, so that there is always a whole one.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => CheckpointFile.Write(path, Texts, Tensors);

    /// <summary>Whether there is something of a name.</summary>
    /// <param name="name">The name.</param>
    /// <returns>Whether there is.</returns>
    public bool Has(string name) => Tensors.ContainsKey(name) || Texts.ContainsKey(name);

    /// <summary>Puts a text in.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="text">The text.</param>
    public void SetText(string name, string text) => Texts[name] = text;

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
    public void SetValues<T>(string name, ReadOnlySpan<T> values)
        where T : unmanaged =>
        SetTensor(name, values, [values.Length]);

    /// <summary>Takes numbers out.</summary>
    /// <typeparam name="T">float, double or long.</typeparam>
    /// <param name="name">Their name.</param>
    /// <param name="count">How many are expected; null for any number.</param>
    /// <returns>The numbers.</returns>
    /// <exception cref="InvalidDataException">There are none, others, or not as many.</exception>
    public T[] GetValues<T>(string name, int? count = null)
        where T : unmanaged
    {
        if (!Tensors.TryGetValue(name, out CheckpointTensor? tensor) || tensor.Type != CheckpointTensor.TypeOf<T>())
        {
            throw new InvalidDataException(
                $"The checkpoint has no {name} of type {CheckpointTensor.TypeOf<T>()}"
                + (tensor is null ? "." : $", but one of type {tensor.Type}."));
        }

        T[] values = MemoryMarshal.Cast<byte, T>(tensor.Bytes.Span).ToArray();
        return count is null || values.Length == count
            ? values
            : throw new InvalidDataException(
                string.Create(CultureInfo.InvariantCulture, $"{name}: expected {count} values, found {values.Length}."));
    }

    internal bool HasAny(string prefix) =>
        Tensors.Keys.Concat(Texts.Keys).Any(name => name.StartsWith(prefix, StringComparison.Ordinal));

    internal void SetTensor<T>(string name, ReadOnlySpan<T> values, IReadOnlyList<long> shape)
        where T : unmanaged =>
        Tensors[name] = new CheckpointTensor(
            CheckpointTensor.TypeOf<T>(), shape, MemoryMarshal.AsBytes(values).ToArray());

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
}
