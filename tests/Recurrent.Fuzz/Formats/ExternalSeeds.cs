using System.Globalization;
using System.Text;
using Recurrent.Fuzz.Mutations;

namespace Recurrent.Fuzz.Formats;

/// <summary>ONNX models whose weights lie in a file of their own, made from those of the tree.</summary>
internal static class ExternalSeeds
{
    private const string DataName = "weights/data.bin";

    // Fields of onnx.proto.
    private const int Graph = 7;
    private const int Initializer = 5;
    private const int RawData = 9;
    private const int ExternalData = 13;
    private const int DataLocation = 14;

    public static IEnumerable<SeedFile> Of(IEnumerable<SeedFile> models) => models.Select(Of).OfType<SeedFile>();

    private static SeedFile? Of(SeedFile model)
    {
        List<WireField>? message = WireField.Parse(model.Files[model.Main]);
        List<WireField>? graph = message?.Find(field => field.Tag >> 3 == Graph)?.Fields;
        if (graph is null)
        {
            return null;
        }

        var data = new MemoryStream();
        foreach (WireField tensor in graph.Where(field => field.Tag >> 3 == Initializer && field.Fields is not null))
        {
            MoveOut(tensor.Fields!, data);
        }

        return data.Length == 0
            ? null
            : new SeedFile(
                model.Name + ", external", model.Main, new Dictionary<string, byte[]>(StringComparer.Ordinal)
                {
                    [model.Main] = WireField.Write(message!),
                    [DataName] = data.ToArray(),
                });
    }

    private static void MoveOut(List<WireField> tensor, MemoryStream data)
    {
        int at = tensor.FindIndex(field => field.Tag >> 3 == RawData);
        if (at < 0)
        {
            return;
        }

        byte[] bytes = tensor[at].Bytes!;
        tensor.RemoveAt(at);
        tensor.Add(Entry("location", DataName));
        tensor.Add(Entry("offset", data.Length.ToString(CultureInfo.InvariantCulture)));
        tensor.Add(Entry("length", bytes.Length.ToString(CultureInfo.InvariantCulture)));
        tensor.Add(WireField.OfNumber(DataLocation, 1));
        data.Write(bytes);
    }

    private static WireField Entry(string key, string value) => WireField.OfMessage(
        ExternalData, WireField.OfBytes(1, Encoding.UTF8.GetBytes(key)), WireField.OfBytes(2, Encoding.UTF8.GetBytes(value)));
}
