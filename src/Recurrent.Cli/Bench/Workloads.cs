using Recurrent.Cli.Inspect;
using Recurrent.Layers;

namespace Recurrent.Cli.Bench;

/// <summary>Workloads from sizes or from a file.</summary>
internal static class Workloads
{
    // 1 GiB of a layer: more would only show that memory is slow.
    private const long MostWeights = 1L << 28;

    /// <summary>Names of cells on the command line.</summary>
    public static readonly string[] Cells = ["lstm", "gru", "gru_before", "rnn"];

    /// <summary>What a request asks for: the model of a file, or layers of sizes with random weights.</summary>
    public static Workload Of(BenchRequest request) =>
        (request is { File: { } path, Model: { } model } ? OfFile(request, path, model.Definition) : OfSizes(request)) with
        {
            Formats = request.Formats,
        };

    /// <summary>Layers of the sizes asked for, with random weights.</summary>
    public static Workload OfSizes(BenchRequest request)
    {
        int hidden = request.Hidden ?? throw new UnusableInputException(
            "--hidden: expected the number of hidden units, for example --hidden 128, or a model's file in the place of the cell.");
        var layers = new RecurrentLayer[request.Layers ?? 1];
        int input = request.Input ?? hidden;
        for (int i = 0; i < layers.Length; i++)
        {
            RecurrentSpecification specification = Specify(request, input, hidden);
            layers[i] = new RecurrentLayer(
                specification,
                [.. Enumerable.Range(0, specification.DirectionCount).Select(_ => RandomWeights(specification))]);
            input = specification.OutputSize;
        }

        return Named(request, layers);
    }

    /// <summary>The model of a file.</summary>
    /// <param name="request">Batch and steps; its sizes are not looked at.</param>
    /// <param name="path">What the file is called.</param>
    /// <param name="model">What it holds.</param>
    public static Workload OfFile(BenchRequest request, string path, ModelDefinition model)
    {
        string layers = string.Join(", ", model.Layers.Select(layer => LayerSummary.Of(layer, string.Empty))
            .Select(layer => $"{layer.Kind} {layer.OutputSize}"));
        return new Workload($"{Path.GetFileName(path)}: {layers}", model, request.Batch, request.Time);
    }

    private static Workload Named(BenchRequest request, RecurrentLayer[] layers)
    {
        RecurrentSpecification first = layers[0].Specification;
        string stack = layers.Length > 1 ? $", {layers.Length} layers" : string.Empty;
        string direction = first.Direction == Direction.Bidirectional ? ", bidirectional" : string.Empty;
        return new Workload(
            $"{request.Cell}, input {first.InputSize}, hidden {first.HiddenSize}{stack}{direction}",
            new ModelDefinition(layers),
            request.Batch,
            request.Time);
    }

    private static RecurrentSpecification Specify(BenchRequest request, int input, int hidden)
    {
        Direction direction = request.Bidirectional ? Direction.Bidirectional : Direction.Forward;
        return request.Cell switch
        {
            "lstm" => new LstmSpecification { InputSize = input, HiddenSize = hidden, Direction = direction },
            "rnn" => new SimpleRnnSpecification { InputSize = input, HiddenSize = hidden, Direction = direction },
            _ => new GruSpecification
            {
                InputSize = input,
                HiddenSize = hidden,
                Direction = direction,
                ResetAfter = request.Cell == "gru",
            },
        };
    }

    /// <summary>Weights that leave the activations in their middle range.</summary>
    private static CellWeights RandomWeights(RecurrentSpecification specification)
    {
        int rows = specification.GateCount * specification.HiddenSize;
        long weights = (long)rows * (specification.InputSize + specification.StateSize);
        if (weights > MostWeights)
        {
            throw new UnusableInputException(
                $"--hidden: expected layers of at most {MostWeights} weights, found {weights}: hidden "
                + $"{specification.HiddenSize} on {specification.InputSize} inputs.");
        }

        float scale = 1 / MathF.Sqrt(specification.InputSize + specification.StateSize);
        return new CellWeights(
            Values(rows * specification.InputSize, scale),
            Values(rows * specification.StateSize, scale),
            Values(rows, scale),
            Values(rows, scale));
    }

    /// <summary>Values between -scale and scale, the same at every run.</summary>
    public static float[] Values(int count, float scale)
    {
        Random random = new(count);
        var values = new float[count];
        foreach (ref float value in values.AsSpan())
        {
            value = scale * ((2 * random.NextSingle()) - 1);
        }

        return values;
    }

    /// <summary>Indices below a number, the same at every run.</summary>
    public static int[] Indices(int count, int below)
    {
        Random random = new(count);
        var indices = new int[count];
        foreach (ref int index in indices.AsSpan())
        {
            index = random.Next(below);
        }

        return indices;
    }
}
