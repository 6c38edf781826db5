using Recurrent.Formats.Container;
using Recurrent.Formats.Hdf5;
using Recurrent.Formats.Json;
using Recurrent.Formats.Keras;
using Recurrent.Formats.PyTorch;
using Recurrent.Formats.PyTorch.Script;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats;

/// <summary>Reads a model from a file of any format that this library knows.</summary>
public static class ModelFile
{
    // What tells formats apart is in the first bytes of a file.
    private const int BeginningBytes = 64;

    // Half as many numbers fit an array. A model of 100 million parameters has less.
    private const long MaxTextBytes = 2L << 30;

    /// <summary>Reads a model. What the file is follows from its contents, not from its name.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="options">What the file does not say; null for the defaults.</param>
    /// <returns>The model.</returns>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="ModelFormatException">
    /// The file is of no known format, is damaged, or holds what is not supported; the message names the place. Or it is
    /// a bare state dict of PyTorch, and the options do not say what it does not (<see cref="ImportOptions.Output"/>,
    /// <see cref="ImportOptions.Layout"/>, sometimes <see cref="ImportOptions.Modules"/>): the message has the lines to
    /// add, <see cref="ModelFormatException.Proposal"/> the options.
    /// </exception>
    public static ImportedModel Load(string path, ImportOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            options ??= ImportOptions.Default;
            ImportedModel model = Read(path, ReadBeginning(path), options);
            return options.Layout is { } layout
                ? model with { Definition = model.Definition.WithLayout(layout) }
                : model;
        }
        catch (ModelFormatException e) when (!e.Message.StartsWith(path, StringComparison.Ordinal))
        {
            throw new ModelFormatException($"{path}: {e.Message}", e) { Unsaid = e.Unsaid };
        }
        catch (OutOfMemoryException e)
        {
            throw new ModelFormatException($"{path}: there is not enough memory to read it.", e);
        }
    }

    private static ImportedModel Read(string path, ReadOnlySpan<byte> beginning, ImportOptions options)
    {
        if (ContainerFile.Recognizes(beginning))
        {
            using FileSource source = FileSource.Open(path);
            return ContainerReader.Read(source);
        }

        if (SafetensorsFile.Recognizes(beginning))
        {
            return ReadSafetensors(path, options);
        }

        if (Hdf5File.Recognizes(beginning))
        {
            using FileSource source = FileSource.Open(path);
            return KerasH5.Load(source, options);
        }

        if (PyTorchFile.Recognizes(beginning))
        {
            return ReadCheckpoint(path, options);
        }

        if (ReadTorchSharp(path, options) is { } stateDict)
        {
            return stateDict;
        }

        if (JsonModel.Recognizes(beginning))
        {
            return ReadText(path, options);
        }

        if (MayBeOnnx(beginning))
        {
            using OnnxFile file = OnnxFile.Open(path);
            return file.ToModel(options);
        }

        throw new ModelFormatException(
            $"{path}: not a model file: neither one of this library, safetensors, a PyTorch checkpoint, Keras, ONNX nor JSON.");
    }

    // Protocol buffers have no magic number. A file begins with one of a model's fields: its version, who wrote it, its
    // graph, the operators that it imports.
    private static bool MayBeOnnx(ReadOnlySpan<byte> beginning) =>
        beginning is [0x08 or 0x12 or 0x1A or 0x22 or 0x28 or 0x32 or 0x3A or 0x42, ..];

    private static ImportedModel ReadSafetensors(string path, ImportOptions options)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (KerasModel.Recognizes(file))
        {
            return KerasModel.Load(file, options);
        }

        return PyTorchImport.Read(file, "safetensors, PyTorch's names", file.Metadata, options);
    }

    private static ImportedModel ReadCheckpoint(string path, ImportOptions options)
    {
        using (FileSource source = FileSource.Open(path))
        {
            if (KerasArchive.Recognizes(source))
            {
                return KerasArchive.Load(source, options);
            }

            if (ScriptArchive.Recognizes(source))
            {
                return ScriptModel.Load(source, options);
            }
        }

        using PyTorchFile file = PyTorchFile.Open(path, options.StateDict);
        return PyTorchImport.Read(file, file.Format, new Dictionary<string, string>(), options, file.Module, file.Notes);
    }

    private static ImportedModel? ReadTorchSharp(string path, ImportOptions options)
    {
        using FileSource source = FileSource.Open(path);
        return TorchSharpFile.Find(source) is { } file
            ? PyTorchImport.Read(file, "TorchSharp state dict", new Dictionary<string, string>(), options)
            : null;
    }

    private static ImportedModel ReadText(string path, ImportOptions options)
    {
        using FileSource source = FileSource.Open(path);
        if (source.Length > MaxTextBytes)
        {
            throw new ModelFormatException(
                $"{path}: expected at most {MaxTextBytes} bytes of JSON, found {source.Length}.");
        }

        return JsonModel.Load(source, options, Path.GetDirectoryName(Path.GetFullPath(path)));
    }

    private static byte[] ReadBeginning(string path)
    {
        using FileSource source = FileSource.Open(path);
        var beginning = new byte[Math.Min(BeginningBytes, source.Length)];
        source.Read(0, beginning);
        return beginning;
    }
}
