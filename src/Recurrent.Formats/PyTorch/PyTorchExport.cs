using Recurrent.Formats.PyTorch;
using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>
/// Writes a model as a safetensors file with PyTorch's names: <c>lstm.weight_ih_l0</c>, <c>linear.weight</c>. Layers
/// of one kind that follow each other are one module, as far as PyTorch would stack them.
/// </summary>
/// <remarks>
/// The file has what <c>load_state_dict</c> wants of modules <c>lstm</c>, <c>gru</c>, <c>rnn</c>, <c>linear</c>,
/// <c>embedding</c>, <c>norm</c> (<c>nn.BatchNorm1d</c>), <c>conv</c> (<c>nn.Conv1d</c>) and <c>layer_norm</c>, a second one of a kind with a 2 behind its name; initial
/// states are <c>lstm_h0</c>, <c>lstm_c0</c> and <c>conv.history</c>. The order of the modules, the layers without parameters, what each layer
/// reads if they do not just follow each other, the inputs and outputs by their names, the masking, the order of axes and the rule for rows of length 0 are in the metadata, so that <see cref="ModelFile.Load"/> gives the
/// same model again.
/// </remarks>
public static class PyTorchExport
{
    /// <summary>Writes a model.</summary>
    /// <param name="definition">The model.</param>
    /// <param name="path">The file's path. A file that is there is replaced, once the new one is written.</param>
    /// <param name="metadata">
    /// Texts to keep in the file, which <see cref="ImportedModel.Metadata"/> has again; <c>sample_rate</c>, in hertz, is
    /// <see cref="ImportedModel.SampleRate"/> again. Null for none.
    /// </param>
    /// <exception cref="ArgumentException">The path is empty, or a text has a name that is written anyway.</exception>
    /// <exception cref="NotSupportedException">
    /// PyTorch has no such module: peepholes, coupled gates, a clip, a GRU that resets before the product, a reverse
    /// direction alone, or activations of a cell other than its own. The message names the layer.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(
        ModelDefinition definition, string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafetensorsWriter writer = ToWriter(definition);
        foreach ((string name, string text) in FileMetadata.Check(metadata, writer.Metadata.ContainsKey))
        {
            writer.Metadata[name] = text;
        }

        writer.Save(path);
    }

    /// <summary>The file that <see cref="Save"/> writes, for more tensors or metadata to be added.</summary>
    /// <param name="definition">The model.</param>
    /// <returns>The writer. It refers to the model's weights.</returns>
    /// <exception cref="NotSupportedException">PyTorch has no such module. The message names the layer.</exception>
    public static SafetensorsWriter ToWriter(ModelDefinition definition)
    {
        ArgumentNullException.ThrowIfNull(definition);
        var modules = new ModuleWriter();
        for (int i = 0; i < definition.Layers.Count;)
        {
            i += Add(modules, definition, i);
        }

        SafetensorsWriter writer = modules.Writer;
        writer.Metadata["format"] = "pt";
        writer.Metadata[SavedModel.MetadataName] = new SavedModel
        {
            Modules = modules.Modules,
            Graph = SavedGraph.Of(definition),
            Output = definition.Output,
            Masking = definition.Masking,
            Layout = definition.Layout,
            EmptyRow = definition.EmptyRow,
            InitialStates = modules.InitialStates,
            Absent = modules.Absent,
        }.Format();
        return writer;
    }

    /// <summary>Adds the module that begins at a layer, and returns how many layers it has.</summary>
    private static int Add(ModuleWriter modules, ModelDefinition definition, int first)
    {
        IReadOnlyList<Layer> layers = definition.Layers;
        if (StructureLayers.Find(layers[first]) is { } entry)
        {
            modules.AddEntry(entry.ToString());
            return 1;
        }

        switch (layers[first])
        {
            case RecurrentLayer:
                return RecurrentModuleWriter.Add(modules, definition, first);
            case DenseLayer dense:
                modules.AddLinear(dense, isActivationNext: layers.ElementAtOrDefault(first + 1) is ActivationLayer);
                return 1;
            case ConvolutionLayer convolution:
                modules.AddConvolution(
                    convolution, isActivationNext: layers.ElementAtOrDefault(first + 1) is ActivationLayer);
                return 1;
            case LayerNormalizationLayer normalization:
                modules.AddNormalization(normalization);
                return 1;
            case EmbeddingLayer embedding:
                modules.AddEmbedding(embedding);
                return 1;
            case ScaleLayer scale:
                modules.AddScale(scale);
                return 1;
            case ActivationLayer activation:
                modules.AddEntry(ActivationNames.Format(activation.Specification.Activation));
                return 1;
            case SoftmaxLayer:
                modules.AddEntry(ModuleListItem.Softmax);
                return 1;
            case ResidualLayer residual:
                modules.AddEntry(
                    new ModuleListEntry(ModuleListItem.Residual, $"{residual.Specification.Span}").ToString());
                return 1;
            default:
                throw new NotSupportedException(
                    $"layer {first}: {layers[first].GetType().Name} has no module in PyTorch.");
        }
    }
}
