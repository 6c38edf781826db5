using System.Globalization;
using System.Runtime.InteropServices;

namespace Recurrent.Peers;

/// <summary>What a row of the table asks for, with the weights and inputs that all systems share.</summary>
internal sealed record BenchTask
{
    public required string Workload { get; init; }

    public required string Cell { get; init; }

    public required int Time { get; init; }

    public required int Batch { get; init; }

    public required int Input { get; init; }

    public required int Hidden { get; init; }

    public required int Layers { get; init; }

    public required int Directions { get; init; }

    public required int Threads { get; init; }

    /// <summary>The format of the weights: <c>float32</c>, <c>bfloat16</c>, <c>int8</c> or <c>int8-8bit</c>.</summary>
    public required string Format { get; init; }

    /// <summary>Steps in the shared inputs: <see cref="Time"/>, or the steps of a stream that are compared.</summary>
    public required int Steps { get; init; }

    /// <summary>Windows of an epoch of training; 0 where a call is not an epoch.</summary>
    public required int Sequences { get; init; }

    /// <summary>
    /// Weights of every direction of every layer, then the inputs and what bench/peers/data.py says comes with them.
    /// </summary>
    public required float[] Data { get; init; }

    /// <summary>The task as an ONNX file, for systems that read one.</summary>
    public required string Model { get; init; }

    public bool IsStreaming => Workload is "stream" or "tiny" or "pool";

    public int Output => Directions * Hidden;

    /// <summary>
    /// The inputs of a task that is not an epoch; a training step has the gradients of its outputs after them.
    /// </summary>
    public ReadOnlySpan<float> Inputs
    {
        get
        {
            int gradients = Workload == "train" ? Steps * Batch * Output : 0;
            int inputs = Steps * Batch * Input;
            return Data.AsSpan(Data.Length - gradients - inputs, inputs);
        }
    }

    /// <summary>Reads the <c>key=value</c> words of a prepare line.</summary>
    public static BenchTask Parse(string[] words)
    {
        Dictionary<string, string> pairs = words
            .Select(word => word.Split('=', 2))
            .Where(pair => pair.Length == 2)
            .ToDictionary(pair => pair[0], pair => pair[1]);
        int Number(string key) => int.Parse(pairs[key], CultureInfo.InvariantCulture);
        return new BenchTask
        {
            Workload = pairs["workload"],
            Cell = pairs["cell"],
            Time = Number("time"),
            Batch = Number("batch"),
            Input = Number("input"),
            Hidden = Number("hidden"),
            Layers = Number("layers"),
            Directions = Number("directions"),
            Threads = Number("threads"),
            Format = pairs["format"],
            Steps = Number("steps"),
            Sequences = Number("sequences"),
            Data = MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(pairs["data"])).ToArray(),
            Model = pairs.GetValueOrDefault("model", ""),
        };
    }
}
