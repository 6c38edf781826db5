using System.Text.Json;
using System.Text.Json.Nodes;

namespace Recurrent.Fuzz.Formats;

/// <summary>Small captures of Neural Amp Modeler that are no LSTM, with weights that count.</summary>
internal static class CaptureSeeds
{
    public static IEnumerable<SeedFile> All() =>
    [
        Make("Linear", new JsonObject { ["receptive_field"] = 5, ["bias"] = true }, 6),
        WaveNet(isGated: false),
        WaveNet(isGated: true),
    ];

    private static SeedFile WaveNet(bool isGated)
    {
        int inner = isGated ? 6 : 3;
        int count = 3 + (2 * ((inner * 8) + 12)) + 6 + 4 + (2 * ((2 * 5) + 2 + 6)) + 3 + 1;
        return Make(
            "WaveNet",
            new JsonObject
            {
                ["layers"] = new JsonArray(Stack(1, 2, 3, 2, isGated, "Tanh"), Stack(3, 1, 2, 2, false, "ReLU")),
                ["head"] = null,
                ["head_scale"] = 0.5,
            },
            count);
    }

    private static JsonObject Stack(int input, int head, int channels, int kernel, bool isGated, string activation) => new()
    {
        ["input_size"] = input,
        ["condition_size"] = 1,
        ["head_size"] = head,
        ["channels"] = channels,
        ["kernel_size"] = kernel,
        ["dilations"] = new JsonArray(1, 3),
        ["activation"] = activation,
        ["gated"] = isGated,
        ["head_bias"] = input > 1,
    };

    private static SeedFile Make(string architecture, JsonObject config, int weights) => SeedFile.Of(
        architecture,
        "file.nam",
        JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["version"] = "0.5.4",
            ["architecture"] = architecture,
            ["config"] = config,
            ["weights"] = new JsonArray([.. Enumerable.Range(0, weights).Select(i => (JsonNode)(((i * 7 % 11) - 5) / 8.0))]),
        }));
}
