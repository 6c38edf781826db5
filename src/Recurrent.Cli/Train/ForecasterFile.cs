using Recurrent.Formats;
using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Cli.Train;

/// <summary>Writes a trained forecaster, and computes what a file forecasts.</summary>
internal static class ForecasterFile
{
    private const string Onnx = ".onnx";
    private const string Safetensors = ".safetensors";

    /// <summary>Refuses before a long training what could not be written after it.</summary>
    /// <exception cref="UnusableInputException">The name says no format, or the format cannot hold the model.</exception>
    public static void RequireWritable(ModelDefinition model, string path)
    {
        string kind = KindOf(path);
        try
        {
            if (kind == Onnx)
            {
                OnnxExport.Save(model, Stream.Null);
            }
            else
            {
                PyTorchExport.ToWriter(model);
            }
        }
        catch (NotSupportedException e)
        {
            throw new UnusableInputException($"{path}: not supported by this format: {e.Message}", e);
        }
    }

    /// <summary>Writes the model of values of the series, and what <see cref="ForecasterInfo"/> says of it.</summary>
    public static void Write(ModelDefinition model, string path, TrainRequest request, SeriesTask task)
    {
        Dictionary<string, string> metadata = new(ForecasterInfo.Of(request, task).Entries());
        if (KindOf(path) == Onnx)
        {
            OnnxExport.Save(model, path, metadata);
            return;
        }

        SafetensorsWriter writer = PyTorchExport.ToWriter(model);
        foreach ((string name, string text) in metadata)
        {
            writer.Metadata[name] = text;
        }

        writer.Save(path);
    }

    /// <summary>What a model forecasts.</summary>
    /// <param name="definition">A model of values of the series.</param>
    /// <param name="windows">Values of the series.</param>
    /// <param name="weights">The format of the weights of recurrent layers.</param>
    /// <returns><c>[count, horizon * features]</c>, values of the series.</returns>
    public static float[] Forecast(ModelDefinition definition, Sequences<float> windows, WeightFormat weights)
    {
        using RecurrentModel model = RecurrentModel.Create(definition, new ModelOptions { Weights = weights });
        return model.Predict(windows.Values.Span, windows.Count, windows.Time, SequenceLayout.BatchMajor);
    }

    /// <summary>
    /// The notes of a forecaster that a user should know. What <see cref="Write"/> wrote in pieces that an import joins again
    /// is none of them.
    /// </summary>
    public static IReadOnlyList<ImportNote> NotesToTell(ImportedModel model) =>
        [.. model.Notes.Where(note => note.Kind != ImportNoteKind.Folded)];

    private static string KindOf(string path)
    {
        string kind = Path.GetExtension(path).ToLowerInvariant();
        return kind is Onnx or Safetensors
            ? kind
            : throw new UnusableInputException($"'{path}': expected a name that ends in {Onnx} or {Safetensors}.");
    }
}
