using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>The hot path leaves nothing to the garbage collector.</summary>
public sealed class AllocationTests
{
    [Fact]
    public void Steps_allocate_nothing()
    {
        using RecurrentModel model = Models.Lstm();
        using Session session = model.OpenSession(2);
        float[] x = [1, 2, 3, 4];
        float[] y = new float[6];
        RequireNone(10_000, () => session.Step(x, y));
    }

    [Fact]
    public void Runs_allocate_nothing()
    {
        using RecurrentModel model = Models.Lstm();
        using Session session = model.OpenSession(2);
        float[] x = new float[20];
        float[] y = new float[30];
        int[] lengths = [5, 3];
        RequireNone(1_000, () => session.Run(x, y, 5));
        RequireNone(1_000, () => session.Run(x, y, 5, lengths, SequenceLayout.BatchMajor));
        RequireNone(1_000, () => session.Run(x, [], 5));
    }

    [Theory]
    [InlineData(WeightFormat.BFloat16)]
    [InlineData(WeightFormat.Int8)]
    [InlineData(WeightFormat.Int8With8BitInputs)]
    public void Steps_and_runs_with_rounded_weights_allocate_nothing(WeightFormat format)
    {
        RandomFloats random = new(1);
        ModelDefinition definition = new([
            new LayerCase { Cell = CellKind.Lstm, Size = 40, Projection = 20 }.Create(3, random),
            new LayerCase { Cell = CellKind.GruResetBefore, Size = 4 }.Create(20, random)]);
        using RecurrentModel model = RecurrentModel.Create(definition, new ModelOptions { Weights = format });
        using Session session = model.OpenSession(2);
        float[] x = new float[30];
        float[] y = new float[40];
        RequireNone(1_000, () => session.Step(x.AsSpan(0, 6), y.AsSpan(0, 8)));
        RequireNone(200, () => session.Run(x, y, 5));
        using Session one = model.OpenSession();
        RequireNone(1_000, () => one.Step(x.AsSpan(0, 3), y.AsSpan(0, 4)));
    }

    [Theory]
    [InlineData(ModelOutput.EveryStep)]
    [InlineData(ModelOutput.LastStep)]
    [InlineData(ModelOutput.FinalState)]
    public void Calls_of_whole_models_allocate_nothing(ModelOutput output)
    {
        RandomFloats random = new(1);
        Layer[] layers =
        [
            new LayerCase { Cell = CellKind.Embedding, Size = 4 }.Create(7, random),
            new LayerCase { Cell = CellKind.Lstm, Size = 3, TrainedState = true }.Create(4, random),
            .. ResidualLayer.Around(new ScaleLayer([1, 2, 3]), new SoftmaxLayer(3)),
        ];
        using RecurrentModel words = RecurrentModel.Create(new ModelDefinition(layers, output, new Masking()));
        using RecurrentModel features = RecurrentModel.Create(new ModelDefinition(layers[1..], output, new Masking()));
        using Session wordSession = words.OpenSession(2);
        using Session featureSession = features.OpenSession(2);
        int[] indices = new int[10];
        float[] x = new float[40];
        x.AsSpan(8, 12).Fill(float.NaN);
        float[] y = new float[output == ModelOutput.EveryStep ? 30 : 6];
        int[] lengths = [5, 3];
        bool[] present = [true, true, false, true, true, true, true, false, false, false];
        RequireNone(1_000, () => wordSession.StepIndices(indices.AsSpan(0, 2), y.AsSpan(0, 6)));
        RequireNone(1_000, () => featureSession.Step(x.AsSpan(0, 8), y.AsSpan(0, 6)));
        RequireNone(1_000, () => wordSession.RunIndices(indices, y, 5));
        RequireNone(1_000, () => wordSession.RunIndices(indices, y, 5, lengths));
        RequireNone(1_000, () => wordSession.RunIndices(indices, y, 5, new SequenceMask { Present = present }));
        RequireNone(1_000, () => featureSession.Run(x, y, 5, SequenceLayout.BatchMajor));
        RequireNone(
            1_000, () => featureSession.Run(x, y, 5, new SequenceMask { Present = present, Lengths = lengths }));
    }

    [Fact]
    public void Calls_with_lists_of_inputs_and_outputs_allocate_nothing()
    {
        RandomFloats random = new(1);
        ModelDefinition definition = new(
            [ModelInput.Sequence("x", 2), ModelInput.Row("static", 3), ModelInput.Indices("word", 5)],
            [
                new(new LayerCase { Cell = CellKind.Embedding, Size = 4 }.Create(5, random), 2),
                new(new RepeatLayer(3), 1),
                new(new ConcatenationLayer(9), 0, 3, 4),
                new(new LayerCase { Cell = CellKind.Lstm, Size = 3 }.Create(9, random)),
                new(new LastStepLayer(3)),
            ],
            [new("h", 6), new("last", 7)],
            new Masking());
        using RecurrentModel model = RecurrentModel.Create(definition);
        using Session session = model.OpenSession(2);
        float[] x = new float[20];
        float[] constants = new float[6];
        int[] words = new int[10];
        float[] h = new float[30];
        float[] last = new float[6];
        int[] lengths = [5, 3];
        RequireNone(1_000, () => session.Step(
            [x.AsMemory(0, 4), constants, (ReadOnlyMemory<int>)words.AsMemory(0, 2)], [h.AsMemory(0, 6), last]));
        RequireNone(1_000, () => session.Run(
            [("static", constants), ("word", words), ("x", x)],
            [("last", last)],
            5,
            new SequenceMask { Lengths = lengths },
            SequenceLayout.BatchMajor));
        RequireNone(1_000, () => model.Predict([x, constants, words], 2, 5, [h, last]));
    }

    [Fact]
    public void Convolutions_and_layers_over_time_allocate_nothing()
    {
        RandomFloats random = new(1);
        LayerCase convolution = new() { Cell = CellKind.Convolution, Size = 6, KernelSize = 4, Dilation = 3, TrainedState = true };
        Layer[] causal =
        [
            convolution.Create(4, random),
            new LayerNormalizationLayer(new LayerNormalizationSpecification { InputSize = 6 }),
            (convolution with { Groups = 2 }).Create(6, random),
            new LogSoftmaxLayer(6),
        ];
        using RecurrentModel stream = RecurrentModel.Create(causal);
        using RecurrentModel whole = RecurrentModel.Create(
            [
                .. causal,
                new MaxPoolingLayer(new MaxPoolingSpecification { InputSize = 6, KernelSize = 2, Stride = 2 }),
                new AveragePoolingLayer(new AveragePoolingSpecification { InputSize = 6, KernelSize = 3, PaddingBefore = 1 }),
                (convolution with { Centered = true }).Create(6, random),
                new FlattenLayer(6, 4), new UnflattenLayer(24, 8), new MeanOverTimeLayer(3),
            ]);
        using Session session = stream.OpenSession(2);
        float[] x = new float[2 * 10 * 4];
        float[] y = new float[2 * 10 * 6];
        float[] history = new float[2 * 9 * 4];
        RequireNone(1_000, () => session.Step(x.AsSpan(0, 8), y.AsSpan(0, 12)));
        RequireNone(1_000, () => session.Run(x, y, 10));
        RequireNone(1_000, () => session.Run(x, y, 10, [10, 4], SequenceLayout.BatchMajor));
        RequireNone(1_000, () => session.GetState(0, Direction.Forward, StateKind.History, history));
        RequireNone(1_000, () => whole.Predict(x, 2, 10, y.AsSpan(0, 6)));
    }

    [Theory]
    [InlineData(ModelOutput.EveryStep)]
    [InlineData(ModelOutput.LastStep)]
    [InlineData(ModelOutput.FinalState)]
    public void Predictions_allocate_nothing(ModelOutput output)
    {
        RandomFloats random = new(1);
        Layer[] layers =
        [
            new LayerCase { Cell = CellKind.Embedding, Size = 4 }.Create(7, random),
            new LayerCase { Cell = CellKind.Lstm, Size = 3, Direction = Direction.Bidirectional }.Create(4, random),
        ];
        using RecurrentModel words = RecurrentModel.Create(new ModelDefinition(layers, output, new Masking()));
        using RecurrentModel features = RecurrentModel.Create(new ModelDefinition(layers[1..], output, new Masking()));
        const int Batch = 35;
        const int Time = 5;
        int[] indices = new int[Batch * Time];
        float[] x = new float[Batch * Time * 4];
        float[] y = new float[Batch * (output == ModelOutput.EveryStep ? Time : 1) * 6];
        int[] lengths = [.. Enumerable.Range(0, Batch).Select(row => row % (Time + 1))];
        bool[] present = [.. Enumerable.Range(0, Batch * Time).Select(step => step % 3 > 0)];
        int one = y.Length / Batch;
        RequireNone(1_000, () => features.Predict(x.AsSpan(0, Time * 4), 1, Time, y.AsSpan(0, one)));
        RequireNone(100, () => features.Predict(x, Batch, Time, y, SequenceLayout.BatchMajor));
        RequireNone(100, () => features.Predict(x, Batch, Time, lengths, y));
        RequireNone(100, () => features.Predict(x, Batch, Time, new SequenceMask { Present = present }, y));
        RequireNone(1_000, () => words.PredictIndices(indices.AsSpan(0, Time), 1, Time, y.AsSpan(0, one)));
        RequireNone(100, () => words.PredictIndices(indices, Batch, Time, y));
        RequireNone(100, () => words.PredictIndices(indices, Batch, Time, lengths, y));
        RequireNone(
            100, () => words.PredictIndices(indices, Batch, Time, new SequenceMask { Present = present }, y));
    }

    [Fact]
    public void Predictions_allocate_nothing_once_as_many_callers_have_run()
    {
        const int Callers = 5;
        using RecurrentModel model = Models.Lstm();
        float[] x = [1, 2];
        float[][] outputs = [.. Enumerable.Range(0, Callers).Select(_ => new float[3])];
        long[] bytes = new long[Callers];
        using Barrier barrier = new(Callers);
        for (int round = 0; round < 2; round++)
        {
            Worker[] workers = [.. Enumerable.Range(0, Callers).Select(caller => new Worker(() =>
            {
                model.Predict(x, 1, 1, outputs[caller]);
                barrier.SignalAndWait();
                bytes[caller] = BytesOf(200, () => model.Predict(x, 1, 1, outputs[caller]));
            }))];
            Array.ForEach(workers, worker => worker.Join());
        }

        Assert.All(bytes, allocated => Assert.Equal(0, allocated));
    }

    /// <summary>Also the first return of more sessions than there were before.</summary>
    [Fact]
    public void Sessions_that_a_model_keeps_come_back_without_an_allocation()
    {
        const int Callers = 9;
        using RecurrentModel model = Models.Lstm();
        long least = long.MaxValue;
        for (int attempt = 0; attempt < 3; attempt++)
        {
            SessionPool pool = new(() => model.OpenSession(0), model);
            Session[] sessions = [.. Enumerable.Range(0, Callers).Select(_ => pool.Rent())];
            long before = GC.GetAllocatedBytesForCurrentThread();
            foreach (Session session in sessions)
            {
                pool.Return(session);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            Array.ForEach(sessions, session => session.Dispose());
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void States_allocate_nothing()
    {
        using RecurrentModel model = Models.Lstm();
        using Session session = model.OpenSession(2);
        float[] states = new float[12];
        float[] cell = new float[6];
        RequireNone(1_000, () =>
        {
            session.SaveState(states);
            session.LoadState(states);
            session.GetState(0, Direction.Forward, StateKind.Cell, cell);
            session.SetState(0, Direction.Forward, StateKind.Cell, cell);
            session.Reset(1, 1);
        });
    }

    [Fact]
    public void Warmed_up_sessions_allocate_nothing()
    {
        using RecurrentModel model = Models.Lstm();
        float[] x = new float[20];
        float[] y = new float[30];
        int[] lengths = [5, 3];
        foreach (int threads in new[] { 1, 2 })
        {
            using Session session = model.OpenSession(new SessionOptions { Batch = 2, Threads = threads });
            session.Warmup();
            session.Warmup(5);
            Assert.Equal(0, BytesOf(1_000, () => CallOnce(session)));
        }

        void CallOnce(Session session)
        {
            session.Step(x.AsSpan(0, 4), y.AsSpan(0, 6));
            session.Run(x, y, 5);
            session.Run(x, y, 5, lengths);
        }
    }

    private static void RequireNone(int count, Action action)
    {
        action();
        Assert.Equal(0, BytesOf(count, action));
    }

    /// <summary>The least of a few rounds: what a call allocates, every round has.</summary>
    /// <remarks>The runtime allocates on any thread, at any time, when it compiles what is called often.</remarks>
    private static long BytesOf(int count, Action action)
    {
        long least = long.MaxValue;
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < count; i++)
            {
                action();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }
}
