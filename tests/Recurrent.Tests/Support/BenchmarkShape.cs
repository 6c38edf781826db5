using System.Text.Json;
using Recurrent.Layers;
using Recurrent.Tests.Conventions;

namespace Recurrent.Tests.Support;

/// <summary>A row of bench/shapes.json, as bench/peers/shapes.py reads it.</summary>
public sealed record BenchmarkShape(
    string Workload, string Cell, int Time, int Batch, int Input, int Hidden, int Layers, int Directions, int Threads)
{
    /// <summary>Whether a call is one step and carries its states on.</summary>
    public bool IsStreaming => Workload is "stream" or "tiny";

    public static IEnumerable<BenchmarkShape> All()
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(RepositoryTree.PathOf("bench/shapes.json")));
        List<BenchmarkShape> shapes = [];
        foreach (JsonElement workload in document.RootElement.GetProperty("workloads").EnumerateArray())
        {
            shapes.AddRange(
                from threads in Numbers(workload, "threads")
                from cell in workload.GetProperty("cells").EnumerateArray()
                from hidden in Numbers(workload, "hidden")
                from batch in Numbers(workload, "batch")
                select new BenchmarkShape(
                    workload.GetProperty("name").GetString()!,
                    cell.GetString()!,
                    workload.GetProperty("time").GetInt32(),
                    batch,
                    Number(workload, "input", hidden),
                    hidden,
                    Number(workload, "layers", 1),
                    Number(workload, "directions", 1),
                    threads));
        }

        return shapes;
    }

    public override string ToString() =>
        $"{Workload} {Cell} B={Batch} I={Input} H={Hidden} threads={Threads}";

    /// <summary>The same shape with fewer steps.</summary>
    internal SequenceCase ToCase(int time) => new()
    {
        Seed = Hidden,
        InputSize = Input,
        Batch = Batch,
        Time = time,
        Threads = Threads,
        InitialState = true,
        Layers = [.. Enumerable.Repeat(
            new LayerCase
            {
                Cell = Cell switch
                {
                    "lstm" => CellKind.Lstm,
                    "gru" => CellKind.Gru,
                    "gru_before" => CellKind.GruResetBefore,
                    _ => throw new InvalidDataException($"bench/shapes.json: no cell is called {Cell}"),
                },
                Size = Hidden,
                Direction = Directions == 2 ? Direction.Bidirectional : Direction.Forward,
            },
            Layers)],
    };

    private static IEnumerable<int> Numbers(JsonElement workload, string name) =>
        workload.GetProperty(name).EnumerateArray().Select(value => value.GetInt32());

    private static int Number(JsonElement workload, string name, int absent) =>
        workload.TryGetProperty(name, out JsonElement value) ? value.GetInt32() : absent;
}
