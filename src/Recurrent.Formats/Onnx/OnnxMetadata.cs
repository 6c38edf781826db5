using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>What an ONNX graph cannot say of a model, in the metadata of the file.</summary>
internal static class OnnxMetadata
{
    private const string EmptyRowName = "recurrent.empty_row";

    /// <summary>Whether an entry is one of those here.</summary>
    public static bool IsOurs(StringStringEntryProto entry) => entry.Key == EmptyRowName;

    public static StringStringEntryProto Write(EmptyRow emptyRow) =>
        new() { Key = EmptyRowName, Value = emptyRow.ToString() };

    /// <summary>The rule for rows of length 0: ONNX's own if the file does not say another.</summary>
    public static EmptyRow ReadEmptyRow(ModelProto model)
    {
        string? text = model.MetadataProps.LastOrDefault(IsOurs)?.Value;
        return text switch
        {
            null or nameof(EmptyRow.ZeroesState) => EmptyRow.ZeroesState,
            nameof(EmptyRow.KeepsState) => EmptyRow.KeepsState,
            _ => throw new ModelFormatException(
                $"metadata '{EmptyRowName}': expected {nameof(EmptyRow.KeepsState)} or {nameof(EmptyRow.ZeroesState)}, "
                + $"found '{text}'."),
        };
    }
}
