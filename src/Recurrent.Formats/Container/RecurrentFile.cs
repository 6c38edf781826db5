using Recurrent.Files;
using Recurrent.Formats.Container;
using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>
/// Writes models as files of this library, <c>.recurrent</c>: everything of a <see cref="ModelDefinition"/>, with checksums.
/// <see cref="ModelFile.Load"/> reads them, and so does the C interface: <c>recurrent_model_load</c>. The page
/// <c>docs/container.md</c> describes the format.
/// </summary>
public static class RecurrentFile
{
    /// <summary>
    /// Writes a model to a file. One that is there is replaced, once the new one is written. Weights are written from where
    /// they are.
    /// </summary>
    /// <param name="definition">The model.</param>
    /// <param name="path">Path of the file.</param>
    /// <param name="metadata">
    /// Texts to keep in the file, which <see cref="ImportedModel.Metadata"/> has again; <c>sample_rate</c>, in hertz, is
    /// <see cref="ImportedModel.SampleRate"/> again. Null for none.
    /// </param>
    /// <param name="options">
    /// In which formats weights are computed (<see cref="ModelOptions.Weights"/>, <see cref="ModelOptions.Layers"/>): they are
    /// rounded and stored in them, and <see cref="ImportedModel.Options"/> has them again. Null for floats.
    /// </param>
    /// <exception cref="ArgumentNullException">The definition or the path is null.</exception>
    /// <exception cref="ArgumentException">
    /// The path is empty, a text or a name has a zero character, or a layer cannot have a format that is named for it.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(
        ModelDefinition definition,
        string path,
        IReadOnlyDictionary<string, string>? metadata = null,
        ModelOptions? options = null) =>
        Save(Of(definition, metadata, options), path);

    /// <summary>Writes a model to a stream. Weights are written from where they are.</summary>
    /// <param name="definition">The model.</param>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="metadata">Texts to keep in the file. Null for none.</param>
    /// <param name="options">In which formats weights are computed and stored. Null for floats.</param>
    /// <exception cref="ArgumentNullException">The definition or the stream is null.</exception>
    /// <exception cref="ArgumentException">
    /// A text or a name has a zero character, or a layer cannot have a format that is named for it.
    /// </exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Save(
        ModelDefinition definition,
        Stream stream,
        IReadOnlyDictionary<string, string>? metadata = null,
        ModelOptions? options = null) =>
        Save(Of(definition, metadata, options), stream);

    /// <summary>
    /// Writes a model that was read from another file, with what that says of it: names of layers, the sample rate, texts,
    /// and the formats of weights that <see cref="ImportedModel.Options"/> names.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="path">Path of the file. One that is there is replaced, once the new one is written.</param>
    /// <exception cref="ArgumentNullException">The model or the path is null.</exception>
    /// <exception cref="ArgumentException">The path is empty, or a text or a name has a zero character.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(ImportedModel model, string path)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, new ContainerWriter(model).WriteTo);
    }

    /// <summary>Writes a model that was read from another file to a stream.</summary>
    /// <param name="model">The model.</param>
    /// <param name="stream">The stream; it stays open.</param>
    /// <exception cref="ArgumentNullException">The model or the stream is null.</exception>
    /// <exception cref="ArgumentException">A text or a name has a zero character.</exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Save(ImportedModel model, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(stream);
        new ContainerWriter(model).WriteTo(stream);
    }

    /// <summary>
    /// Writes a model file again with its packed weights in it: <see cref="LoadModel"/>, and programs in C or C++, then load it
    /// without packing, several to a hundred times as fast, or map it into memory. That holds wherever weights are packed in the
    /// same way: on a machine with the same instruction set and caches, by the same version of the library. Everybody else ignores
    /// them, so a file is best packed on the machine that uses it. A model that is created from
    /// <see cref="ImportedModel.Definition"/> does not use them.
    /// </summary>
    /// <param name="path">Path of a file that <c>Save</c> has written.</param>
    /// <param name="packedPath">Path of the file to write, which may be the same. One that is there is replaced.</param>
    /// <param name="instructionSet">The instruction set to pack for, one that this machine has.</param>
    /// <exception cref="ArgumentException">A path is empty.</exception>
    /// <exception cref="IOException">A file cannot be read or written.</exception>
    /// <exception cref="InvalidDataException">The file is no model file of this library, or damaged.</exception>
    /// <exception cref="PlatformNotSupportedException">This machine does not have the instruction set.</exception>
    /// <exception cref="UnauthorizedAccessException">A file may not be read or written.</exception>
    public static void Pack(string path, string packedPath, InstructionSet instructionSet = InstructionSet.Auto)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentException.ThrowIfNullOrEmpty(packedPath);
        AtomicFile.Write(packedPath, stream => RecurrentModel.WritePackedFile(path, stream, instructionSet));
    }

    /// <summary>
    /// Loads a model file to compute with: its weights go from the file into the native library, packed ones as they are, and
    /// memory holds them once. <see cref="ModelFile.Load"/> reads them to look at, to convert or to train.
    /// </summary>
    /// <param name="path">Path of a file that <c>Save</c> or <see cref="Pack"/> has written.</param>
    /// <param name="packed">
    /// What is done with packed weights, where they lie as the library would pack them; <see cref="RecurrentModel.PackedUse"/> says
    /// whether they do.
    /// </param>
    /// <param name="options">
    /// Instruction set and provider; null for the defaults. Formats of weights are those of the file.
    /// </param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentException">
    /// The path is empty or has a zero character, or the options name formats of weights.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is not defined.</exception>
    /// <exception cref="IOException">The file cannot be read, or was replaced meanwhile.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ModelFormatException">The file is no model file of this library, or damaged.</exception>
    /// <exception cref="PlatformNotSupportedException">
    /// The instruction set or provider that was asked for is not on this machine.
    /// </exception>
    /// <exception cref="NativeLibraryException">The native library cannot be used; the message says why.</exception>
    /// <exception cref="InsufficientMemoryException">The memory could not be had.</exception>
    public static RecurrentModel LoadModel(
        string path, PackedLoading packed = PackedLoading.Copy, ModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ModelOptions();
        if (LayerWeights.AreRounded(options))
        {
            throw new ArgumentException(
                $"{nameof(options)}: expected no formats of weights, because the file has its own, found some.", nameof(options));
        }

        try
        {
            (ModelDefinition definition, ModelOptions formats) = ContainerReader.ReadShape(path);
            return RecurrentModel.LoadFile(
                path, definition, packed, options with { Weights = formats.Weights, Layers = formats.Layers });
        }
        catch (ModelFormatException e)
        {
            throw new ModelFormatException($"{path}: {e.Message}", e);
        }
        catch (InvalidDataException e)
        {
            // The native library names its argument.
            const string Argument = "path: ";
            string reason = e.Message.StartsWith(Argument, StringComparison.Ordinal) ? e.Message[Argument.Length..] : e.Message;
            throw new ModelFormatException($"{path}: {reason}", e);
        }
        catch (ArgumentException e) when (e.ParamName == "definition")
        {
            throw new IOException($"{path}: expected the model that the file had when it was opened, found another one.", e);
        }
    }

    private static ImportedModel Of(
        ModelDefinition definition, IReadOnlyDictionary<string, string>? metadata, ModelOptions? options)
    {
        ArgumentNullException.ThrowIfNull(definition);
        metadata ??= new Dictionary<string, string>();
        int? rate = FileMetadata.SampleRateOf(metadata);
        return new ImportedModel
        {
            Definition = definition,
            Format = ContainerReader.Format,
            Options = options ?? new ModelOptions(),
            LayerNames = [.. definition.Layers.Select((layer, index) => $"{index} ({layer.GetType().Name})")],
            SampleRate = rate,
            Metadata = rate is null
                ? metadata
                : metadata.Where(entry => entry.Key != FileMetadata.SampleRateName).ToDictionary(),
        };
    }
}
