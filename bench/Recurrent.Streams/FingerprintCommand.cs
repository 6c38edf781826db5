using System.CommandLine;
using System.Diagnostics;
using Recurrent.Layers;

namespace Recurrent.Streams;

/// <summary>What the fingerprints of a model cost beside making it.</summary>
internal static class FingerprintCommand
{
    public static Command Create()
    {
        Option<int> hidden = Options.Hidden(1024);
        Option<int> rounds = Options.Of("--rounds", 21, "rounds, in turn");
        Command command = new("fingerprints", "The time of a model's fingerprints, and of making the model, which has them made.")
        {
            hidden, rounds,
        };
        command.SetAction(parsed => Run(parsed.GetRequiredValue(hidden), parsed.GetRequiredValue(rounds)));
        return command;
    }

    private static void Run(int hidden, int rounds)
    {
        ModelDefinition definition = BenchModel.Lstm(hidden);
        (string Name, Action Call)[] calls =
        [
            ("fingerprints", () => _ = StateFingerprints.Of(definition)),
            ("Create, float32", () => RecurrentModel.Create(definition).Dispose()),
            ("Create, int8", () => RecurrentModel.Create(definition, new ModelOptions { Weights = WeightFormat.Int8 }).Dispose()),
        ];
        double[][] times = [.. calls.Select(_ => new double[rounds])];
        for (int round = -1; round < rounds; round++)
        {
            for (int i = 0; i < calls.Length; i++)
            {
                long begin = Stopwatch.GetTimestamp();
                calls[i].Call();
                if (round >= 0)
                {
                    times[i][round] = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
                }
            }
        }

        Console.WriteLine($"LSTM {hidden}: medians of {rounds} rounds in turn");
        for (int i = 0; i < calls.Length; i++)
        {
            Array.Sort(times[i]);
            Console.WriteLine($"{calls[i].Name,-16} {times[i][rounds / 2],7:F1} ms ({times[i][0]:F1} to {times[i][^1]:F1})");
        }
    }
}
