using System.Runtime.CompilerServices;
using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>What random cases seldom meet: the native session does what the reference does.</summary>
public sealed class WholeModelTests
{
    private const float NaN = float.NaN;

    [Fact]
    public void A_model_says_what_it_is()
    {
        using RecurrentModel model = RecurrentModel.Create(Words(new Masking { Value = 0 }));
        Assert.Equal((1, 5, 7), (model.InputSize, model.OutputSize, model.VocabularySize));
        Assert.Equal(ModelOutput.EveryStep, model.Output);
        Assert.Equal(0, model.Masking!.Value);
        Assert.Equal((2 * 5) + 5, model.StateSize);
        Assert.True(model.CanStep);
        Assert.True(model.PackedBytes > 0);
        ReferenceModel<float> reference = ReferenceModel<float>.Create(Words(null));
        Assert.Equal((1, 5, 7, 10), (reference.InputSize, reference.OutputSize, reference.VocabularySize, reference.StateSize));
        Assert.Null(reference.Masking);
        Assert.Equal(ModelOutput.EveryStep, reference.Output);
    }

    /// <summary>The features that are added are the first of more, in every row.</summary>
    [Theory]
    [InlineData(ModelOutput.EveryStep)]
    [InlineData(ModelOutput.LastStep)]
    [InlineData(ModelOutput.FinalState)]
    public void A_residual_connection_in_the_tail_may_start_from_more_features_than_it_adds(ModelOutput output)
    {
        SequenceCase @case = new()
        {
            Seed = 3,
            InputSize = 2,
            Batch = 5,
            Time = 4,
            Output = output,
            Layers =
            [
                new LayerCase { Cell = CellKind.Gru, Size = 7, Direction = Direction.Bidirectional },
                new LayerCase { Cell = CellKind.Dense, Size = 3 },
                new LayerCase { Cell = CellKind.Residual, Span = 1 },
                new LayerCase { Cell = CellKind.Scale },
                new LayerCase { Cell = CellKind.Residual, Span = 3 },
            ],
        };
        foreach (InstructionSet isa in Machine.InstructionSets)
        {
            for (int batch = 0; batch <= 9; batch++)
            {
                SequenceData data = new(@case with { Batch = batch });
                Assert.Equal(output, data.Definition.Output);
                using RecurrentModel model =
                    RecurrentModel.Create(data.Definition, new ModelOptions { InstructionSet = isa });
                data.RequireSame(data.RunReference(), data.RunNative(model), $"{isa}, batch {batch}, {output}");
            }
        }
    }

    [Fact]
    public void What_is_repeated_is_the_output_to_the_last_bit()
    {
        // A denormal, which a state would not be.
        ModelDefinition definition = new([new ScaleLayer([1e-10f])], masking: new Masking());
        using RecurrentModel model = RecurrentModel.Create(definition);
        using Session session = model.OpenSession();
        float[] y = new float[1];
        session.Step([1e-30f], y);
        float output = y[0];
        Assert.True(float.IsSubnormal(output));
        session.Step([NaN], y);
        Assert.Equal(output, y[0]);
        float[] states = new float[1];
        session.SaveState(states);
        Assert.Equal(output, states[0]);
        session.LoadState(states);
        session.Run([NaN], y, 1);
        Assert.Equal(output, y[0]);
        session.Reset();
        session.Step([NaN], y);
        Assert.Equal(0, y[0]);
    }

    [Fact]
    public void What_is_repeated_is_kept_where_nobody_wants_the_output()
    {
        foreach (ModelOutput output in Enum.GetValues<ModelOutput>())
        {
            ModelDefinition definition = new([RunningSum(), new ScaleLayer([10])], output, new Masking());
            using RecurrentModel model = RecurrentModel.Create(definition);
            using Session session = model.OpenSession(2);
            float[] states = new float[4];
            session.Run([1, 2, NaN, 4], [], 2);
            session.SaveState(states);
            Assert.Equal([1, 10, 6, 60], states);
            session.Run([1, 2], [], 1);
            session.SaveState(states);
            Assert.Equal([2, 20, 8, 80], states);
        }
    }

    [Fact]
    public void A_reset_goes_back_to_trained_states_in_the_rows_that_were_named()
    {
        RecurrentLayer layer = new(
            (SimpleRnnSpecification)RunningSum().Specification, new CellWeights([1], [1]).WithInitialState([100]));
        using RecurrentModel model = RecurrentModel.Create(layer);
        using Session session = model.OpenSession(3);
        float[] y = new float[3];
        session.Step([1, 2, 3], y);
        Assert.Equal([101, 102, 103], y);
        session.Reset(1, 1);
        session.Run([1, 2, 3], y, 1);
        Assert.Equal([102, 102, 106], y);
        session.Reset();
        session.Step([0, 0, 0], y);
        Assert.Equal([100, 100, 100], y);
    }

    [Fact]
    public void A_row_in_which_all_is_missing_keeps_its_state_and_an_empty_one_may_lose_it()
    {
        using RecurrentModel model = RecurrentModel.Create(new ModelDefinition([RunningSum()], masking: new Masking()));
        using Session session = model.OpenSession(new SessionOptions { Batch = 2, EmptyRow = EmptyRow.ZeroesState });
        session.LoadState([1, 2, 3, 4]);
        float[] y = [9, 9];
        session.Run([NaN, NaN], y, 1, [1, 0]);
        Assert.Equal([2, 0], y);
        float[] states = new float[4];
        session.SaveState(states);
        Assert.Equal([1, 2, 0, 0], states);
    }

    /// <summary>A byte that is no proper bool is there: only 0 is missing.</summary>
    [Fact]
    public void Any_byte_but_zero_says_that_a_step_is_there()
    {
        bool[] present = [false, true, true];
        Unsafe.As<bool, byte>(ref present[1]) = 2;
        Unsafe.As<bool, byte>(ref present[2]) = 255;
        ModelDefinition definition = new([RunningSum()], masking: new Masking());
        using RecurrentModel model = RecurrentModel.Create(definition);
        using Session session = model.OpenSession();
        float[] y = new float[3];
        session.Run([1, 2, 4], y, 3, new SequenceMask { Present = present });
        Assert.Equal([0, 2, 6], y);
        ReferenceModel<float>.Create(definition).OpenSession()
            .Run([1, 2, 4], y, 3, new SequenceMask { Present = present });
        Assert.Equal([0, 2, 6], y);
    }

    [Theory]
    [InlineData(ModelOutput.LastStep)]
    [InlineData(ModelOutput.FinalState)]
    public void No_steps_or_no_rows_put_out_zero_and_change_nothing(ModelOutput output)
    {
        using RecurrentModel model = RecurrentModel.Create(new ModelDefinition([RunningSum()], output, new Masking()));
        using Session session = model.OpenSession(2);
        session.LoadState([1, 2, 3, 4]);
        float[] y = [9, 9];
        session.Run([], y, 0);
        Assert.Equal([0, 0], y);
        session.Run([], [], 0, new SequenceMask { Lengths = [0, 0] });
        float[] states = new float[4];
        session.SaveState(states);
        Assert.Equal([1, 2, 3, 4], states);
        using Session empty = model.OpenSession(0);
        empty.Run([], [], 5);
        empty.Step([], []);
        using RecurrentModel words = RecurrentModel.Create(Words(null, output));
        using Session noWords = words.OpenSession(0);
        noWords.RunIndices(Array.Empty<int>(), [], 5);
        noWords.StepIndices(Array.Empty<int>(), []);
        using Session noSteps = words.OpenSession(2);
        y = [.. Enumerable.Repeat(9f, 10)];
        noSteps.RunIndices(Array.Empty<int>(), y, 0);
        Assert.All(y, value => Assert.Equal(0, value));
    }

    [Fact]
    public void A_warm_up_of_every_kind_of_model_leaves_the_states()
    {
        foreach (ModelDefinition definition in new[]
        {
            Words(null),
            Words(new Masking(), ModelOutput.LastStep),
            new ModelDefinition([RunningSum(), .. ResidualLayer.Around(new ScaleLayer([2]))], ModelOutput.FinalState),
        })
        {
            using RecurrentModel model = RecurrentModel.Create(definition);
            foreach (int threads in new[] { 1, 2 })
            {
                using Session session = model.OpenSession(new SessionOptions { Batch = 3, Threads = threads });
                float[] states = new RandomFloats(4).States(3 * model.StateSize);
                session.LoadState(states);
                session.Warmup();
                session.Warmup(9);
                float[] after = new float[states.Length];
                session.SaveState(after);
                Assert.Equal(states, after);
            }
        }
    }

    /// <summary>Seven words, an LSTM of 5, softmax.</summary>
    private static ModelDefinition Words(Masking? masking, ModelOutput output = ModelOutput.EveryStep)
    {
        RandomFloats random = new(1);
        Layer[] layers =
        [
            new LayerCase { Cell = CellKind.Embedding, Size = 3 }.Create(7, random),
            new LayerCase { Cell = CellKind.Lstm, Size = 5 }.Create(3, random),
            new SoftmaxLayer(5),
        ];
        return new ModelDefinition(layers, output, masking);
    }

    private static RecurrentLayer RunningSum()
    {
        SimpleRnnSpecification sum = new() { InputSize = 1, HiddenSize = 1, Activation = Activation.Identity };
        return new RecurrentLayer(sum, new CellWeights([1], [1]));
    }
}
