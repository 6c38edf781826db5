using Recurrent.Files;
using Recurrent.Formats.Onnx;
using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>Writes models as ONNX files.</summary>
/// <remarks>
/// <para>
/// The graph takes <c>x</c>, <c>[time, batch, InputSize]</c> in float, or <c>[time, batch]</c> in int64 for a model
/// that takes indices; time and batch are dynamic. It gives <c>y</c>, <c>[time, batch, OutputSize]</c>, or
/// <c>[batch, OutputSize]</c> with <see cref="ModelOutput.LastStep"/> and <see cref="ModelOutput.FinalState"/>. Of a
/// batch-major model, time and batch are the other way round, and the graph transposes them. All sequences of a batch
/// have the same length; the rule for rows of length 0 is in the metadata. Trained initial states are in it. The operators
/// are those of opset 14, with layer normalizations those of 17, in float.
/// </para>
/// <para>
/// What ONNX has no operator for is refused with the layer and the reason: a projection, an input gate that follows
/// from the forget gate, an output peephole that sees the previous cell state, and masking. The operator
/// ThresholdedRelu is 0 at its threshold, where <see cref="ActivationKind.ThresholdedRelu"/> of a layer of its own
/// is the threshold.
/// </para>
/// </remarks>
public static class OnnxExport
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
    /// <exception cref="ArgumentNullException">The definition or the path is null.</exception>
    /// <exception cref="ArgumentException">The path is empty, or a text has a name that is written anyway.</exception>
    /// <exception cref="NotSupportedException">
    /// ONNX cannot say what a layer computes, or the file would be larger than the 2 GB that ONNX allows. Nothing is
    /// written.
    /// </exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public static void Save(
        ModelDefinition definition, string path, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        AtomicFile.Write(path, Prepare(definition, metadata).WriteTo);
    }

    /// <summary>Writes a model to a stream. Weights are written from where they are.</summary>
    /// <param name="definition">The model.</param>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="metadata">
    /// Texts to keep in the file, which <see cref="ImportedModel.Metadata"/> has again; <c>sample_rate</c>, in hertz, is
    /// <see cref="ImportedModel.SampleRate"/> again. Null for none.
    /// </param>
    /// <exception cref="ArgumentNullException">The definition or the stream is null.</exception>
    /// <exception cref="ArgumentException">A text has a name that is written anyway.</exception>
    /// <exception cref="NotSupportedException">
    /// ONNX cannot say what a layer computes, or the file would be larger than the 2 GB that ONNX allows. Nothing is
    /// written.
    /// </exception>
    /// <exception cref="IOException">The stream cannot be written.</exception>
    public static void Save(
        ModelDefinition definition, Stream stream, IReadOnlyDictionary<string, string>? metadata = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        Prepare(definition, metadata).WriteTo(stream);
    }

    private static OnnxModelWriter Prepare(ModelDefinition definition, IReadOnlyDictionary<string, string>? metadata)
    {
        ArgumentNullException.ThrowIfNull(definition);
        StringStringEntryProto ours = OnnxMetadata.Write(definition.EmptyRow);
        return new OnnxModelWriter(
            ModelGraph.Of(definition),
            ModelGraph.OpsetOf(definition),
            FileMetadata.Check(metadata, name => name == ours.Key)
                .Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value })
                .Append(ours));
    }
}
