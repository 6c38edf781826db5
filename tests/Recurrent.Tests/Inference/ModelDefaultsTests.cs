using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Tests.Inference;

/// <summary>
/// The order of axes and the rule for rows of length 0 belong to the model: every call without them takes the model's, and
/// every call can say another.
/// </summary>
public sealed class ModelDefaultsTests
{
    private const int Time = 3;
    private const int Batch = 2;

    // Row 0 sums 1, 2, 3; row 1 sums 10, 20, 30.
    private static readonly float[] TimeMajor = [1, 10, 2, 20, 3, 30];
    private static readonly float[] BatchMajor = [1, 2, 3, 10, 20, 30];

    private static float[] Sums(SequenceLayout layout) =>
        layout == SequenceLayout.TimeMajor ? [1, 10, 3, 30, 6, 60] : [1, 3, 6, 10, 30, 60];

    private static float[] Inputs(SequenceLayout layout) =>
        layout == SequenceLayout.TimeMajor ? TimeMajor : BatchMajor;

    private static SequenceLayout Other(SequenceLayout layout) =>
        layout == SequenceLayout.TimeMajor ? SequenceLayout.BatchMajor : SequenceLayout.TimeMajor;

    private static ModelDefinition RunningSum(SequenceLayout layout, EmptyRow emptyRow = EmptyRow.KeepsState) => new(
        [
            new RecurrentLayer(
                new SimpleRnnSpecification
                {
                    InputSize = 1,
                    HiddenSize = 1,
                    Activation = Activation.Identity,
                },
                new CellWeights(new float[] { 1 }, new float[] { 1 })),
        ],
        masking: new Masking { Output = MissingOutput.Zero },
        layout: layout,
        emptyRow: emptyRow);

    /// <summary>Each index stands for itself.</summary>
    private static ModelDefinition RunningSumOfIndices(SequenceLayout layout) => new(
        [
            new EmbeddingLayer(
                new EmbeddingSpecification { InputSize = 31, OutputSize = 1 },
                [.. Enumerable.Range(0, 31).Select(index => (float)index)]),
            .. RunningSum(layout).Layers,
        ],
        masking: new Masking { Output = MissingOutput.Zero },
        layout: layout);

    [Theory]
    [InlineData(SequenceLayout.TimeMajor)]
    [InlineData(SequenceLayout.BatchMajor)]
    public void A_run_takes_the_models_order_of_axes_or_the_one_it_is_given(SequenceLayout layout)
    {
        using RecurrentModel model = RecurrentModel.Create(RunningSum(layout));
        ReferenceModel<float> reference = ReferenceModel<float>.Create(RunningSum(layout));
        Assert.Equal((layout, layout), (model.Layout, reference.Layout));
        foreach (SequenceLayout? asked in new SequenceLayout?[] { null, layout, Other(layout) })
        {
            float[] x = Inputs(asked ?? layout);
            float[] expected = Sums(asked ?? layout);
            int[] lengths = [Time, Time];
            Assert.All(
                new Func<float[]>[]
                {
                    () => Native(model, (session, y) => session.Run(x, y, Time, asked)),
                    () => Native(model, (session, y) => session.Run(x, y, Time, lengths, asked)),
                    () => Native(model, (session, y) => session.Run(x, y, Time, Mask(lengths), asked)),
                    () => Managed(reference, (session, y) => session.Run(x, y, Time, asked)),
                    () => Managed(reference, (session, y) => session.Run(x, y, Time, lengths, asked)),
                    () => Managed(reference, (session, y) => session.Run(x, y, Time, Mask(lengths), asked)),
                },
                run => Assert.Equal(expected, run()));
        }
    }

    [Theory]
    [InlineData(SequenceLayout.TimeMajor)]
    [InlineData(SequenceLayout.BatchMajor)]
    public void So_does_a_run_of_indices(SequenceLayout layout)
    {
        using RecurrentModel model = RecurrentModel.Create(RunningSumOfIndices(layout));
        ReferenceModel<float> reference = ReferenceModel<float>.Create(RunningSumOfIndices(layout));
        foreach (SequenceLayout? asked in new SequenceLayout?[] { null, layout, Other(layout) })
        {
            int[] x = Array.ConvertAll(Inputs(asked ?? layout), value => (int)value);
            float[] expected = Sums(asked ?? layout);
            int[] lengths = [Time, Time];
            Assert.All(
                new Func<float[]>[]
                {
                    () => Native(model, (session, y) => session.RunIndices(x, y, Time, asked)),
                    () => Native(model, (session, y) => session.RunIndices(x, y, Time, lengths, asked)),
                    () => Native(model, (session, y) => session.RunIndices(x, y, Time, Mask(lengths), asked)),
                    () => Managed(reference, (session, y) => session.RunIndices(x, y, Time, asked)),
                    () => Managed(reference, (session, y) => session.RunIndices(x, y, Time, lengths, asked)),
                    () => Managed(reference, (session, y) => session.RunIndices(x, y, Time, Mask(lengths), asked)),
                },
                run => Assert.Equal(expected, run()));
        }
    }

    [Theory]
    [InlineData(SequenceLayout.TimeMajor)]
    [InlineData(SequenceLayout.BatchMajor)]
    public void A_mask_is_in_the_models_order_of_axes(SequenceLayout layout)
    {
        // Step 1 of row 0 is missing.
        bool[] present = [.. Inputs(layout).Select(value => value != 2)];
        float[] expected = [.. Sums(layout).Select(sum => sum switch { 3 => 0, 6 => 4, _ => sum })];
        using RecurrentModel model = RecurrentModel.Create(RunningSum(layout));
        ReferenceModel<float> reference = ReferenceModel<float>.Create(RunningSum(layout));
        Assert.Equal(expected, Native(model, (session, y) => session.Run(
            Inputs(layout), y, Time, new SequenceMask { Present = present })));
        Assert.Equal(expected, Managed(reference, (session, y) => session.Run(
            Inputs(layout), y, Time, new SequenceMask { Present = present })));
    }

    [Theory]
    [InlineData(SequenceLayout.TimeMajor)]
    [InlineData(SequenceLayout.BatchMajor)]
    public void A_step_is_one_of_every_row_in_both(SequenceLayout layout)
    {
        using RecurrentModel model = RecurrentModel.Create(RunningSum(layout));
        using Session session = model.OpenSession(Batch);
        ReferenceSession<float> reference = ReferenceModel<float>.Create(RunningSum(layout)).OpenSession(Batch);
        float[] y = new float[Batch];
        for (int t = 0; t < Time; t++)
        {
            session.Step(TimeMajor.AsSpan(t * Batch, Batch), y);
            Assert.Equal(Sums(SequenceLayout.TimeMajor)[(t * Batch)..((t + 1) * Batch)], y);
            reference.Step(TimeMajor.AsSpan(t * Batch, Batch), y);
            Assert.Equal(Sums(SequenceLayout.TimeMajor)[(t * Batch)..((t + 1) * Batch)], y);
        }
    }

    [Fact]
    public void A_run_of_a_wrong_length_is_told_the_models_order_of_axes()
    {
        using RecurrentModel model = RecurrentModel.Create(RunningSum(SequenceLayout.BatchMajor));
        using Session session = model.OpenSession(Batch);
        ArgumentException exception = Assert.Throws<ArgumentException>(
            "x", () => session.Run(new float[5], new float[6], Time));
        Assert.Contains("[batch, time, InputSize] = [2, 3, 1]", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(EmptyRow.KeepsState, null, 7)]
    [InlineData(EmptyRow.ZeroesState, null, 0)]
    [InlineData(EmptyRow.ZeroesState, EmptyRow.KeepsState, 7)]
    [InlineData(EmptyRow.KeepsState, EmptyRow.ZeroesState, 0)]
    public void A_session_takes_the_models_rule_for_empty_rows_or_the_one_it_is_given(
        EmptyRow rule, EmptyRow? asked, float expected)
    {
        ModelDefinition definition = RunningSum(SequenceLayout.TimeMajor, rule);
        using RecurrentModel model = RecurrentModel.Create(definition);
        ReferenceModel<float> reference = ReferenceModel<float>.Create(definition);
        Assert.Equal((rule, rule), (model.EmptyRow, reference.EmptyRow));
        float[] state = new float[1];
        using Session session = model.OpenSession(new SessionOptions { EmptyRow = asked });
        session.LoadState([7]);
        session.Run([1], new float[1], 1, [0]);
        session.SaveState(state);
        Assert.Equal([expected], state);
        ReferenceSession<float> managed = reference.OpenSession(emptyRow: asked);
        managed.LoadState([7]);
        managed.Run([1], new float[1], 1, [0]);
        managed.SaveState(state);
        Assert.Equal([expected], state);
    }

    [Theory]
    [InlineData(SequenceLayout.TimeMajor)]
    [InlineData(SequenceLayout.BatchMajor)]
    public void Gradients_are_of_the_models_order_of_axes_or_the_one_that_a_batch_names(SequenceLayout layout)
    {
        foreach (SequenceLayout? asked in new SequenceLayout?[] { null, layout, Other(layout) })
        {
            GradientBatch<float> batch = new()
            {
                X = Inputs(asked ?? layout),
                Time = Time,
                Batch = Batch,
                Layout = asked,
            };
            float[] y = new float[Time * Batch];
            using GradientSession native = GradientSession.Open(RunningSum(layout));
            native.Forward(batch, y);
            Assert.Equal(Sums(asked ?? layout), y);
            ReferenceGradientSession<float>.Open(RunningSum(layout)).Forward(batch, y);
            Assert.Equal(Sums(asked ?? layout), y);
            Assert.Equal(layout, native.ToDefinition().Layout);
        }
    }

    [Theory]
    [InlineData(EmptyRow.KeepsState, 7, 3)]
    [InlineData(EmptyRow.ZeroesState, 0, 0)]
    public void A_gradient_session_has_the_models_rule_for_empty_rows(EmptyRow rule, float state, float gradient)
    {
        ModelDefinition definition = RunningSum(SequenceLayout.TimeMajor, rule);
        GradientBatch<float> batch = new() { X = [1], Time = 1, Batch = 1, Lengths = [0], InitialStates = [7] };
        float[] y = [9];
        float[] final = [9];
        float[] dInitial = [9];
        using GradientSession native = GradientSession.Open(definition);
        native.Forward(batch, y, final);
        native.Backward([5], [3], [], dInitial);
        Assert.Equal([0, state, gradient], [.. y, .. final, .. dInitial]);

        (final[0], dInitial[0]) = (9, 9);
        ReferenceGradientSession<float> reference = ReferenceGradientSession<float>.Open(definition);
        reference.Forward(batch, y, final);
        reference.Backward([5], [3], [], dInitial);
        Assert.Equal([0, state, gradient], [.. y, .. final, .. dInitial]);
    }

    private static SequenceMask Mask(int[] lengths) => new() { Lengths = lengths };

    private static float[] Native(RecurrentModel model, Action<Session, float[]> run)
    {
        using Session session = model.OpenSession(Batch);
        float[] y = new float[Time * Batch];
        run(session, y);
        return y;
    }

    private static float[] Managed(ReferenceModel<float> model, Action<ReferenceSession<float>, float[]> run)
    {
        float[] y = new float[Time * Batch];
        run(model.OpenSession(Batch), y);
        return y;
    }
}
