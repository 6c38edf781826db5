using Recurrent.Formats.Json;
using Recurrent.Formats.Onnx;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>
/// A layers model of TensorFlow.js: <c>model.json</c> has a Keras configuration and says which weights lie one behind the other
/// in which files of its folder.
/// </summary>
internal static class TfjsModel
{
    private const string TopologyName = "modelTopology";
    private const string ManifestName = "weightsManifest";

    // More files would only be opened to run out of handles; TensorFlow.js cuts weights into files of 4 MB.
    private const int MostFiles = 1024;

    public static bool Recognizes(JsonValue root) =>
        root.Find(TopologyName) is not null && root.Find(ManifestName) is not null;

    /// <summary>Reads a model.</summary>
    /// <param name="root">The whole document.</param>
    /// <param name="folder">Where its weights are; null if that is not known.</param>
    /// <param name="options">What the file does not say.</param>
    public static ImportedModel Read(JsonValue root, string? folder, ImportOptions options)
    {
        JsonValue topology = root[TopologyName];
        if (folder is null)
        {
            throw new ModelFormatException("its weights are in other files, and the model's folder is not known.");
        }

        var files = new List<ByteSource>();
        try
        {
            var tensors = new List<Tensor>();
            foreach (JsonValue group in root[ManifestName].Items())
            {
                tensors.AddRange(ReadGroup(group, folder, options, root.Budget, files));
            }

            // What tensorflowjs_converter writes has the configuration in the place where .h5 files have it.
            JsonValue config = topology.Find("model_config") ?? topology;
            string? version = topology.Find("keras_version")?.Text();
            return RequireSameMask(KerasModel.Read(
                config,
                version,
                layers => KerasNames.Sort(tensors, layers),
                options,
                "TensorFlow.js layers model"));
        }
        finally
        {
            files.ForEach(file => file.Dispose());
        }
    }

    /// <summary>What TensorFlow.js computes otherwise than Keras where steps are missing.</summary>
    private static ImportedModel RequireSameMask(ImportedModel model)
    {
        if (model.Definition.Masking is not { } masking)
        {
            return model;
        }

        if (model.Definition.Layers.Any(layer => layer is MeanOverTimeLayer))
        {
            throw new ModelFormatException(
                "a mask that reaches GlobalAveragePooling1D is not supported: TensorFlow.js ignores it there, and Keras does not.");
        }

        // Inside Bidirectional Keras outputs 0 at a missing step; TensorFlow.js repeats the output before.
        return masking.Output == MissingOutput.Zero
            && model.Definition.Outputs.Any(output => output.Kind == ValueKind.Sequence)
            ? throw new ModelFormatException(
                "a mask inside Bidirectional whose steps are outputs is not supported: TensorFlow.js outputs something else "
                + "than Keras at a missing step.")
            : model;
    }

    private static List<Tensor> ReadGroup(
        JsonValue group, string folder, ImportOptions options, MemoryBudget budget, List<ByteSource> files)
    {
        var parts = new List<ByteSource>();
        foreach (JsonValue path in group["paths"].Items())
        {
            if (files.Count == MostFiles)
            {
                throw new ModelFormatException($"'{path.Path}': expected at most {MostFiles} files.");
            }

            ByteSource file = ExternalFile.Open(folder, path.Text(), options.RefuseHardLinks).Bytes;
            files.Add(file);
            parts.Add(file);
            budget.Extend(file.Length);
        }

        var joined = new JoinedSource(parts);
        var tensors = new List<Tensor>();
        long begin = 0;
        foreach (JsonValue weight in group["weights"].Items(int.MaxValue))
        {
            SafetensorsTensor tensor = ReadTensor(weight, joined, ref begin);
            budget.TakeTensor(tensor.ElementCount, tensor.Name);
            tensors.Add(tensor);
        }

        return begin == joined.Length
            ? tensors
            : throw new ModelFormatException(
                $"'{group.Path}': its weights have {begin} bytes, its files {joined.Length}.");
    }

    private static SafetensorsTensor ReadTensor(JsonValue weight, ByteSource source, ref long begin)
    {
        string name = weight["name"].Text();
        if (weight.Find("quantization") is not null)
        {
            throw new ModelFormatException($"tensor '{name}': quantized weights are not supported.");
        }

        TensorElementType type = weight["dtype"].Text() switch
        {
            "float32" => TensorElementType.F32,
            "int32" => TensorElementType.I32,
            string other => throw new ModelFormatException(
                $"tensor '{name}': the type '{other}' is not supported; expected float32."),
        };
        long[] shape = [.. weight["shape"].Items().Select(size => (long)size.Integer(0, int.MaxValue))];
        Int128 bytes = type.SizeInBytes();
        foreach (long size in shape)
        {
            bytes *= size;
            if (bytes > source.Length - begin)
            {
                throw new ModelFormatException(
                    $"tensor '{name}': expected {source.Length - begin} bytes at most, which are left of its files, found shape "
                    + $"[{string.Join(", ", shape)}].");
            }
        }

        if (bytes > source.Length - begin)
        {
            throw new ModelFormatException($"tensor '{name}' is not in the files of the weights.");
        }

        var tensor = new SafetensorsTensor(name, type, shape, source, begin, (long)bytes);
        begin += (long)bytes;
        return tensor;
    }
}
