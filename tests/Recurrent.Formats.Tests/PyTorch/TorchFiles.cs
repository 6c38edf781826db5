using System.Text.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Tests;

/// <summary>The files of <c>tests/golden/torch_files</c> and how each is to be read.</summary>
internal static class TorchFiles
{
    public static string Folder { get; } = GoldenFiles.PathOf("torch_files");

    public static TheoryData<string> Readable => [.. Names(refused: false)];

    public static TheoryData<string> Refused => [.. Names(refused: true)];

    public static string PathOf(string name) => Path.Combine(Folder, name + ".pt");

    public static string RefusalOf(string name)
    {
        using JsonDocument index = Index();
        return index.RootElement.GetProperty(name).GetProperty("refused").GetString()!;
    }

    public static ImportOptions OptionsOf(string name)
    {
        using JsonDocument index = Index();
        var options = new ImportOptions { Output = ModelOutput.EveryStep, Layout = SequenceLayout.TimeMajor };
        foreach (JsonProperty option in index.RootElement.GetProperty(name).GetProperty("options").EnumerateObject())
        {
            options = option.Name switch
            {
                "Modules" => options with { Modules = Texts(option.Value) },
                "StateDict" => options with { StateDict = option.Value.GetString() },
                "Nonlinearity" => options with { Nonlinearity = Activation.Relu },
                "InitialStates" => options with
                {
                    InitialStates = option.Value.EnumerateObject().ToDictionary(
                        state => state.Name,
                        state => new InitialStateNames(Texts(state.Value)[0], Texts(state.Value)[1])),
                },
                _ => throw new InvalidOperationException(option.Name),
            };
        }

        return options;
    }

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString()!)];

    private static string[] Names(bool refused)
    {
        using JsonDocument index = Index();
        return
        [
            .. index.RootElement.EnumerateObject()
                .Where(entry => entry.Value.TryGetProperty("refused", out _) == refused)
                .Select(entry => entry.Name),
        ];
    }

    private static JsonDocument Index() => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder, "index.json")));
}
