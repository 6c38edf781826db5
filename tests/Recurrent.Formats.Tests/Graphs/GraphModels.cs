using Recurrent.Layers;

namespace Recurrent.Formats.Tests.Graphs;

/// <summary>Models that are no chains, of the kinds that people have, small and with random weights.</summary>
internal static class GraphModels
{
    public static readonly string[] Names = ["heads", "joined late", "gated", "silu", "encoder and decoder", "states", "sums", "words", "named chain"];

    public static ModelDefinition Of(string name, SequenceLayout layout = SequenceLayout.TimeMajor)
    {
        Random random = new(5);
        ModelInput x = ModelInput.Sequence("x", 3);
        return name switch
        {
            "heads" => new(
                [x],
                [
                    new(Lstm(3, 4, random), 0),
                    new(Dense(4, 2, random), 1),
                    new(new LastStepLayer(4), 1),
                    new(Dense(4, 3, random, Activation.Sigmoid), 3),
                    new(new SoftmaxLayer(3), 4),
                ],
                [new("steps", 2), new("class", 5)],
                layout: layout),
            "joined late" => new(
                [x, ModelInput.Row("static", 2)],
                [
                    new(Lstm(3, 4, random, Direction.Bidirectional), 0),
                    new(new FinalStateLayer(8), 2),
                    new(Dense(2, 5, random, Activation.Relu), 1),
                    new(new ConcatenationLayer(13), 3, 4),
                    new(Dense(13, 2, random), 5),
                ],
                [new("mean", 6)],
                layout: layout),
            "gated" => new(
                [x],
                [
                    new(Gru(3, 4, random), 0),
                    new(Dense(4, 3, random, Activation.Sigmoid), 1),
                    new(new ProductLayer(3), 0, 2),
                ],
                [new("y", 3), new("mask", 2)],
                layout: layout),
            "silu" => new(
                [x],
                [
                    new(Dense(3, 6, random), 0),
                    new(new ActivationLayer(6, Activation.Sigmoid), 1),
                    new(new ProductLayer(6), 1, 2),
                    new(new SliceLayer(6, 0, 2), 3),
                    new(new SliceLayer(6, 2, 4), 3),
                    new(Lstm(2, 2, random), 4),
                    new(Gru(4, 3, random), 5),
                    new(new ConcatenationLayer(8), 6, 7, 0),
                ],
                [new("y", 8)],
                layout: layout),
            "encoder and decoder" => new(
                [x],
                [
                    new(Lstm(3, 4, random), 0),
                    new(new FinalStateLayer(4), 1),
                    new(new RepeatLayer(4, 5), 2),
                    new(Lstm(4, 3, random), 3),
                    new(Dense(3, 1, random), 4),
                    new(new RepeatLayer(4), 2),
                    new(new ConcatenationLayer(7), 6, 0),
                    new(Gru(7, 2, random), 7),
                ],
                [new("forecast", 5), new("past", 8)],
                layout: layout),
            "states" => new(
                [x, ModelInput.Row("static", 2)],
                [
                    new(Lstm(3, 4, random, Direction.Bidirectional), 0),
                    new(new FinalStateLayer(8), 2),
                    new(new FinalCellStateLayer(8, 8), 2),
                    new(new RepeatLayer(8, 5), 4),
                    new(Lstm(8, 8, random), 5, 3, 4),
                    new(Lstm(3, 4, random, Direction.Bidirectional), 0, 4, 3),
                    new(Dense(2, 4, random, Activation.Tanh), 1),
                    new(Gru(8, 4, random), 6, 8),
                    new(Lstm(3, 4, random), 0, 8),
                    new(new FinalCellStateLayer(4, 4), 10),
                    new(Dense(4, 2, random), 11),
                ],
                [new("forecast", 9), new("both", 7), new("last", 10), new("cell", 12)],
                layout: layout),
            "sums" => new(
                [x],
                [
                    new(Dense(3, 4, random), 0),
                    new(Lstm(3, 4, random), 0),
                    new(new ReverseLayer(3), 0),
                    new(Gru(3, 4, random), 3),
                    new(new ReverseLayer(4), 4),
                    new(new SumLayer(4), 1, 2, 5),
                    new(new LastStepsLayer(4, 2), 6),
                ],
                [new("all", 6), new("end", 7)],
                layout: layout),
            "words" => new(
                [ModelInput.Indices("words", 7), ModelInput.Sequence("features", 2)],
                [
                    new(Embedding(7, 3, random), 0),
                    new(new ConcatenationLayer(5), 2, 1),
                    new(Lstm(5, 3, random), 3),
                    new(new LastStepLayer(3), 4),
                ],
                [new("state", 5), new("steps", 4)],
                layout: layout),
            _ => new(
                [ModelInput.Sequence("audio", 3)],
                [new(Lstm(3, 4, random)), new(Lstm(4, 4, random)), new(Dense(4, 1, random))],
                [new("sound", 3)],
                layout: layout),
        };
    }

    public static RecurrentLayer Lstm(int input, int hidden, Random random, Direction direction = Direction.Forward)
    {
        var specification = new LstmSpecification { InputSize = input, HiddenSize = hidden, Direction = direction };
        return new(
            specification, [.. Enumerable.Range(0, specification.DirectionCount).Select(_ => Weights(specification, random))]);
    }

    public static RecurrentLayer Gru(int input, int hidden, Random random)
    {
        var specification = new GruSpecification { InputSize = input, HiddenSize = hidden };
        return new(specification, Weights(specification, random));
    }

    public static DenseLayer Dense(int input, int output, Random random, Activation? activation = null) => new(
        new DenseSpecification { InputSize = input, OutputSize = output, Activation = activation ?? Activation.Identity },
        new DenseWeights(Values(input * output, random), Values(output, random)));

    public static float[] Values(int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];

    private static EmbeddingLayer Embedding(int input, int output, Random random) => new(
        new EmbeddingSpecification { InputSize = input, OutputSize = output }, Values(input * output, random));

    private static CellWeights Weights(RecurrentSpecification specification, Random random)
    {
        int rows = specification.GateCount * specification.HiddenSize;
        return new(
            Values(rows * specification.InputSize, random),
            Values(rows * specification.StateSize, random),
            Values(rows, random),
            Values(rows, random));
    }
}
