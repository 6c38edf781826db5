using Recurrent.Layers;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>Small models that together have everything that can be written to ONNX.</summary>
internal static class ExportModels
{
    /// <summary>The models by name; the same at every call.</summary>
    public static IReadOnlyDictionary<string, ModelDefinition> All { get; } = Create();

    private static Dictionary<string, ModelDefinition> Create()
    {
        var draw = new Draw(seed: 20);
        CellActivations mixed = new(Activation.HardSigmoid(), Activation.ScaledTanh(0.75f, 0.5f), Activation.Elu(0.5f));
        CellActivations others = new(Activation.Softsign, Activation.Affine(0.5f, 0.125f), Activation.Identity);
        return new Dictionary<string, ModelDefinition>
        {
            ["lstm_dense"] = new([draw.Lstm(3, 5), draw.Dense(5, 2)]),
            ["lstm_everything"] = new(
            [
                draw.Lstm(3, 4, Direction.Bidirectional, peepholes: true, initial: true, change: lstm => lstm with
                {
                    Clip = 0.75f,
                    Coupling = GateCoupling.ForgetFromInput,
                    GateActivation = mixed.Gate,
                    CandidateActivation = mixed.Candidate,
                    OutputActivation = mixed.Output,
                    ReverseActivations = others,
                }),
            ]),
            ["lstm_initial_states"] = new(
                [draw.Lstm(2, 4, initial: true), draw.Lstm(4, 3, Direction.Reverse, initial: true)]),
            ["lstm_final_state"] = new(
                [draw.Lstm(2, 3, Direction.Bidirectional), draw.Dense(6, 4), new SoftmaxLayer(4)],
                ModelOutput.FinalState),
            ["gru_reset_after"] = new([draw.Gru(3, 5, Direction.Bidirectional, resetAfter: true)]),
            ["gru_reset_before"] = new(
                [draw.Gru(3, 5, resetAfter: false, initial: true, candidate: Activation.Relu, clip: 0.5f)]),
            ["rnn_last_step"] = new(
                [draw.Rnn(3, 4, Direction.Reverse, Activation.LeakyRelu(0.25f)), draw.Dense(4, 1, Activation.Sigmoid)],
                ModelOutput.LastStep),
            ["rnn_final_state"] = new([draw.Rnn(3, 4, Direction.Reverse, Activation.Tanh)], ModelOutput.FinalState),
            ["embedding_gru_softmax"] = new(
                [draw.Embedding(11, 4), draw.Gru(4, 6), draw.Dense(6, 3), new SoftmaxLayer(3)], ModelOutput.LastStep),
            ["residual_around_the_model"] = new(
                [.. ResidualLayer.Around(draw.Lstm(2, 4), draw.Dense(4, 1)), draw.Scale(1, offsets: false)]),
            ["residual_around_layers"] = new(
            [
                draw.Dense(3, 4, Activation.Tanh),
                .. ResidualLayer.Around(draw.Gru(4, 4)),
                .. ResidualLayer.Around(draw.Lstm(4, 4)),
            ]),
            ["scale_and_activations"] = new([draw.Scale(3, offsets: true), .. Activations(3), draw.Rnn(3, 2)]),
            ["residual_last_step"] = new(
                [.. ResidualLayer.Around(draw.Gru(4, 4)), draw.Dense(4, 2)], ModelOutput.LastStep),
            ["batch_major"] = new(
                [.. ResidualLayer.Around(draw.Lstm(3, 4, Direction.Bidirectional, initial: true), draw.Dense(8, 3))],
                layout: SequenceLayout.BatchMajor,
                emptyRow: EmptyRow.ZeroesState),
            ["batch_major_indices"] = new(
                [draw.Embedding(9, 3), draw.Gru(3, 4, initial: true)],
                ModelOutput.LastStep,
                layout: SequenceLayout.BatchMajor),
            ["batch_major_final_state"] = new(
                [draw.Rnn(2, 3, Direction.Bidirectional), draw.Dense(6, 2)],
                ModelOutput.FinalState,
                layout: SequenceLayout.BatchMajor),
            ["batch_major_without_state"] = new([draw.Dense(2, 3)], layout: SequenceLayout.BatchMajor),
            ["time_major_without_state"] = new([draw.Dense(2, 3)]),
        };
    }

    private static IEnumerable<Layer> Activations(int size) => new[]
    {
        Activation.Tanh, Activation.Affine(1.5f, 0.25f), Activation.Softsign, Activation.LeakyRelu(0.25f),
        Activation.ScaledTanh(1.25f, 0.75f), Activation.Elu(0.5f), Activation.Affine(-1, 0.5f), Activation.Softplus,
        Activation.HardSigmoid(0.25f, 0.375f), Activation.ThresholdedRelu(0.25f), Activation.Relu, Activation.Sigmoid,
    }.Select(activation => new ActivationLayer(size, activation));

    /// <summary>Weights at random: the same in every run.</summary>
    private sealed class Draw(int seed)
    {
        private readonly Random _random = new(seed);

        public RecurrentLayer Lstm(
            int input,
            int hidden,
            Direction direction = Direction.Forward,
            bool peepholes = false,
            bool initial = false,
            Func<LstmSpecification, LstmSpecification>? change = null)
        {
            var specification = new LstmSpecification { InputSize = input, HiddenSize = hidden, Direction = direction };
            return Layer(change?.Invoke(specification) ?? specification, peepholes, initial);
        }

        public RecurrentLayer Gru(
            int input,
            int hidden,
            Direction direction = Direction.Forward,
            bool resetAfter = true,
            bool initial = false,
            Activation? candidate = null,
            float clip = 0) => Layer(
                new GruSpecification
                {
                    InputSize = input,
                    HiddenSize = hidden,
                    Direction = direction,
                    ResetAfter = resetAfter,
                    CandidateActivation = candidate ?? Activation.Tanh,
                    Clip = clip,
                },
                peepholes: false,
                initial);

        public RecurrentLayer Rnn(
            int input, int hidden, Direction direction = Direction.Forward, Activation? activation = null) => Layer(
                new SimpleRnnSpecification
                {
                    InputSize = input,
                    HiddenSize = hidden,
                    Direction = direction,
                    Activation = activation ?? Activation.Relu,
                },
                peepholes: false,
                initial: false);

        public DenseLayer Dense(int input, int output, Activation? activation = null) => new(
            new DenseSpecification
            {
                InputSize = input,
                OutputSize = output,
                Activation = activation ?? Activation.Identity,
            },
            new DenseWeights(Values(input * output), Values(output)));

        public ScaleLayer Scale(int size, bool offsets) => new(Values(size), offsets ? Values(size) : []);

        public EmbeddingLayer Embedding(int rows, int size) =>
            new(new EmbeddingSpecification { InputSize = rows, OutputSize = size }, Values(rows * size));

        private RecurrentLayer Layer(RecurrentSpecification specification, bool peepholes, bool initial)
        {
            int hidden = specification.HiddenSize;
            int rows = specification.GateCount * hidden;
            return new RecurrentLayer(specification, [.. Enumerable.Range(0, specification.DirectionCount).Select(_ =>
                new CellWeights(
                    Values(rows * specification.InputSize),
                    Values(rows * hidden),
                    Values(rows),
                    Values(rows),
                    peepholes ? Values(3 * hidden) : [],
                    projection: [],
                    initial ? Values(hidden) : [],
                    initial && specification.HasCellState ? Values(hidden) : []))]);
        }

        private float[] Values(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => (_random.NextSingle() * 2) - 1)];
    }
}
