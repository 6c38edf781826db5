using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Bench;

/// <summary>Workloads from sizes or from a file.</summary>
internal static class Workloads
{
    // 1 GiB of a layer: more would only show that memory is slow.
    private const long MostWeights = 1L << 28;

    /// <summary>Names of cells on the command line.</summary>
    public static readonly string[] Cells = ["lstm", "gru", "gru_before", "rnn"];

    /// <summary>Layers of the sizes asked for, with random weights.</summary>
    public static Workload OfSizes(BenchRequest request)
    {
        int hidden = request.Hidden ?? throw new UnusableInputException(
            "--hidden: expected the number of hidden units, for example --hidden 128, or a trained model with --model.");
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

    /// <summary>The layers of a PyTorch module in a safetensors file.</summary>
    public static Workload OfFile(BenchRequest request, string path)
    {
        if (request.Hidden is not null || request.Input is not null || request.Layers is not null || request.Bidirectional)
        {
            throw new UnusableInputException(
                "--model: its sizes are those of the file; leave out --hidden, --input, --layers and --bidirectional.");
        }

        using SafetensorsFile file = SafetensorsFile.Open(path);
        IReadOnlyList<RecurrentLayer> layers = request.Cell switch
        {
            "lstm" => PyTorch.Lstm(file, request.Module),
            "gru" => PyTorch.Gru(file, request.Module),
            "rnn" => PyTorch.Rnn(file, request.Module),
            _ => throw new UnusableInputException(
                $"--model: PyTorch has lstm, gru and rnn, found the cell '{request.Cell}'."),
        };
        return Named(request, layers) with
        {
            Notes = request.Cell == "rnn"
                ? [new ImportNote(ImportNoteKind.Assumed, request.Module, "its nonlinearity is tanh.")]
                : [],
        };
    }

    private static Workload Named(BenchRequest request, IReadOnlyList<RecurrentLayer> layers)
    {
        RecurrentSpecification first = layers[0].Specification;
        string stack = layers.Count > 1 ? $", {layers.Count} layers" : string.Empty;
        string direction = first.Direction == Direction.Bidirectional ? ", bidirectional" : string.Empty;
        return new Workload(
            $"{request.Cell}, input {first.InputSize}, hidden {first.HiddenSize}{stack}{direction}",
            layers,
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
    private static RecurrentWeights RandomWeights(RecurrentSpecification specification)
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
        return new RecurrentWeights(
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
}
