using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Tests.Support;

/// <summary>The weights and inputs of a case.</summary>
internal sealed class SequenceData
{
    public SequenceData(SequenceCase @case)
    {
        Case = @case;
        RandomFloats random = new(@case.Seed, @case.Special);
        int inputSize = @case.InputSize;
        List<Layer> layers = [];
        foreach (LayerCase layer in @case.Layers)
        {
            layers.Add(layer.Create(inputSize, random, layers));
            inputSize = layer.OutputSizeOf(inputSize);
        }

        Definition = Define(layers, @case);
        LayerOptions = RandomFormats.Of(Definition.Layers, @case.Weights, @case.Seed);
        Reference = ReferenceModel<float>.Create(Definition, @case.Weights, LayerOptions);
        int steps = @case.Time * @case.Batch;
        X = @case.TakesIndices ? [] : random.Inputs(steps * @case.InputSize);
        Indices = @case.TakesIndices ? random.Indices(steps, @case.InputSize) : [];
        States = @case.InitialState ? random.States(@case.Batch * Reference.StateSize) : null;
        Lengths = @case.Ragged ? random.Lengths(@case.Batch, @case.Time) : [];
        Present = @case.Mask && Definition.Masking is not null ? random.Present(steps) : [];
        LoseSteps(random.Present(steps));
    }

    private SequenceData(SequenceData source, SequenceCase @case)
    {
        Case = @case;
        Definition = source.Definition;
        LayerOptions = source.LayerOptions;
        Reference = source.Reference;
    }

    public SequenceCase Case { get; }

    public ModelDefinition Definition { get; }

    public IReadOnlyList<Layer> Layers => Definition.Layers;

    public IReadOnlyDictionary<int, LayerOptions> LayerOptions { get; }

    public ReferenceModel<float> Reference { get; }

    /// <summary>Empty if the model takes indices.</summary>
    public float[] X { get; private init; } = [];

    /// <summary>Empty if the model takes features.</summary>
    public int[] Indices { get; private init; } = [];

    public float[]? States { get; private init; }

    /// <summary>Empty if all rows are full.</summary>
    public int[] Lengths { get; private init; } = [];

    /// <summary>Empty if no mask is given.</summary>
    public bool[] Present { get; private init; } = [];

    /// <summary>Whether a run puts out one step.</summary>
    public bool PutsOutOneStep => Definition.Output != ModelOutput.EveryStep;

    private int OutputLength => (PutsOutOneStep ? 1 : Case.Time) * Case.Batch * Case.OutputSize;

    /// <summary>The same sequences at other places of a batch.</summary>
    public SequenceData SelectRows(IReadOnlyList<int> rows) => new(this, Case with { Batch = rows.Count })
    {
        X = SelectRows(X, Case.InputSize, rows),
        Indices = SelectRows(Indices, 1, rows),
        States = States is null ? null : [.. rows.SelectMany(row => StatesOf(States, row).ToArray())],
        Lengths = Lengths.Length == 0 ? [] : [.. rows.Select(row => Lengths[row])],
        Present = SelectRows(Present, 1, rows),
    };

    /// <summary>A piece of the sequences, without states.</summary>
    public SequenceData SelectSteps(int start, int count) => new(this, Case with { Time = count })
    {
        X = SelectSteps(X, Case.InputSize, start, count),
        Indices = SelectSteps(Indices, 1, start, count),
        Present = SelectSteps(Present, 1, start, count),
    };

    /// <summary>Rows of an array of sequences of this case; nothing of an empty one.</summary>
    public T[] SelectRows<T>(T[] sequence, int features, IReadOnlyList<int> rows) =>
        Select(sequence, features, Enumerable.Range(0, sequence.Length == 0 ? 0 : Case.Time), rows);

    /// <summary>Steps of an array of sequences of this case; nothing of an empty one.</summary>
    public T[] SelectSteps<T>(T[] sequence, int features, int start, int count) =>
        Select(
            sequence,
            features,
            Enumerable.Range(start, sequence.Length == 0 ? 0 : count),
            [.. Enumerable.Range(0, Case.Batch)]);

    /// <summary>Rows of what a run has put out.</summary>
    public float[] SelectOutputRows(float[] y, IReadOnlyList<int> rows) => PutsOutOneStep
        ? [.. rows.SelectMany(row => y.AsSpan(row * Case.OutputSize, Case.OutputSize).ToArray())]
        : SelectRows(y, Case.OutputSize, rows);

    public ReadOnlySpan<float> StatesOf(float[] states, int row) =>
        states.AsSpan(row * Reference.StateSize, Reference.StateSize);

    /// <summary>The native model, with the formats of the case.</summary>
    public RecurrentModel CreateNative(ModelOptions options) =>
        RecurrentModel.Create(Definition, options with { Weights = Case.Weights, Layers = LayerOptions });

    public Outcome RunReference()
    {
        ReferenceSession<float> session = OpenReference();
        float[] y = RunReference(session);
        float[] states = new float[Case.Batch * Reference.StateSize];
        session.SaveState(states);
        return new Outcome(y, states);
    }

    /// <summary>Opens a session of the reference with the case's initial states.</summary>
    public ReferenceSession<float> OpenReference()
    {
        ReferenceSession<float> session = Reference.OpenSession(Case.Batch, Case.EmptyRow);
        if (States is not null)
        {
            session.LoadState(States);
        }

        return session;
    }

    public float[] RunReference(ReferenceSession<float> session)
    {
        float[] y = Unwritten(OutputLength);
        SequenceMask mask = new() { Lengths = Lengths, Present = Present };
        if (Case.TakesIndices)
        {
            session.RunIndices(Indices, y, Case.Time, mask, Case.Layout);
        }
        else
        {
            session.Run(X, y, Case.Time, mask, Case.Layout);
        }

        return y;
    }

    /// <summary>Advances the reference by a case of one step.</summary>
    public float[] StepReference(ReferenceSession<float> session)
    {
        float[] y = Unwritten(Case.Batch * Case.OutputSize);
        if (Case.TakesIndices)
        {
            session.StepIndices(Indices, y);
        }
        else
        {
            session.Step(X, y);
        }

        return y;
    }

    /// <summary>Runs some rows, in another order, and requires that each has what it has in the whole batch.</summary>
    public void RequireSameOfSomeRows(Outcome whole, RecurrentModel model, Random random, string what)
    {
        int[] rows = [.. Enumerable.Range(0, Case.Batch)];
        random.Shuffle(rows);
        rows = rows[..random.Next(1, Case.Batch + 1)];
        Outcome expected = new(
            SelectOutputRows(whole.Y, rows), [.. rows.SelectMany(row => StatesOf(whole.States, row).ToArray())]);
        SequenceData selected = SelectRows(rows);
        selected.RequireSame(expected, selected.RunNative(model), $"{what}, rows {string.Join(' ', rows)}");
    }

    public Outcome RunNative(RecurrentModel model, int? threads = null)
    {
        using Session session = OpenSession(model, threads);
        float[] y = RunNative(session);
        return new Outcome(y, StatesOf(session));
    }

    /// <summary>Opens a session with the case's initial states.</summary>
    public Session OpenSession(RecurrentModel model, int? threads = null)
    {
        Session session = model.OpenSession(new SessionOptions
        {
            Batch = Case.Batch,
            Threads = threads ?? Case.Threads,
            EmptyRow = Case.EmptyRow,
        });
        if (States is not null)
        {
            session.LoadState(States);
        }

        return session;
    }

    public float[] RunNative(Session session)
    {
        float[] y = Unwritten(OutputLength);
        Run(session, y);
        return y;
    }

    /// <summary>Advances by a case of one step.</summary>
    public float[] StepNative(Session session)
    {
        float[] y = Unwritten(Case.Batch * Case.OutputSize);
        if (Case.TakesIndices)
        {
            session.StepIndices(Indices, y);
        }
        else
        {
            session.Step(X, y);
        }

        return y;
    }

    /// <summary>The output of the case as sequences of their own: its states are not used.</summary>
    public float[] Predict(RecurrentModel model)
    {
        float[] y = Unwritten(OutputLength);
        SequenceMask mask = new() { Lengths = Lengths, Present = Present };
        if (Case.TakesIndices)
        {
            model.PredictIndices(Indices, Case.Batch, Case.Time, mask, y, Case.Layout);
        }
        else
        {
            model.Predict(X, Case.Batch, Case.Time, mask, y, Case.Layout);
        }

        return y;
    }

    /// <inheritdoc cref="Predict(RecurrentModel)"/>
    public float[] Predict(ReferenceModel<float> model)
    {
        SequenceMask mask = new() { Lengths = Lengths, Present = Present };
        return Case.TakesIndices
            ? model.PredictIndices(Indices, Case.Batch, Case.Time, mask, Case.Layout)
            : model.Predict(X, Case.Batch, Case.Time, mask, Case.Layout);
    }

    /// <summary>Runs without an output; gives the final states.</summary>
    public float[] RunNativeForStates(RecurrentModel model)
    {
        using Session session = OpenSession(model);
        Run(session, []);
        return StatesOf(session);
    }

    public float[] StatesOf(Session session)
    {
        float[] states = new float[Case.Batch * Reference.StateSize];
        session.SaveState(states);
        return states;
    }

    public void RequireSame(Outcome expected, Outcome actual, string what)
    {
        Bits.RequireSame(expected.Y, actual.Y, $"{what}, output", Case.OutputSize);
        Bits.RequireSame(expected.States, actual.States, $"{what}, final states", Math.Max(1, Reference.StateSize));
    }

    /// <summary>A model as the case has it, or as near as its layers allow.</summary>
    private static ModelDefinition Define(IReadOnlyList<Layer> layers, SequenceCase @case)
    {
        bool isKnown = !@case.TakesIndices || @case.Masking is null || @case.Masking.Value < @case.InputSize;
        Masking? masking = isKnown ? @case.Masking : @case.Masking! with { Value = float.NaN };
        ModelDefinition definition = new(layers, masking: masking);
        ModelOutput output = @case.Output == ModelOutput.FinalState && !HasFinalState(definition)
            ? ModelOutput.LastStep
            : @case.Output;
        return new ModelDefinition(layers, output, masking, emptyRow: @case.EmptyRow);
    }

    private static bool HasFinalState(ModelDefinition definition) =>
        definition.Graph.TailBegin > 0
        && definition.Layers[definition.Graph.TailBegin - 1] is RecurrentLayer;

    // What a run does not write must be seen.
    private static float[] Unwritten(int length)
    {
        float[] y = new float[length];
        Array.Fill(y, 12345f);
        return y;
    }

    /// <summary>Gives steps that are not present the value that stands for a missing one.</summary>
    private void LoseSteps(ReadOnlySpan<bool> present)
    {
        if (Definition.Masking is not { } masking)
        {
            return;
        }

        for (int step = 0; step < present.Length; step++)
        {
            if (present[step])
            {
                continue;
            }

            if (!Case.TakesIndices)
            {
                X.AsSpan(step * Case.InputSize, Case.InputSize).Fill(masking.Value);
            }
            else if (!float.IsNaN(masking.Value))
            {
                Indices[step] = (int)masking.Value;
            }
        }
    }

    private T[] Select<T>(T[] sequence, int features, IEnumerable<int> times, IReadOnlyList<int> rows)
    {
        int[] selectedTimes = [.. times];
        T[] selected = new T[selectedTimes.Length * rows.Count * features];
        for (int t = 0; t < selectedTimes.Length; t++)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                sequence.AsSpan(Index(selectedTimes[t], rows[i], Case.Time, Case.Batch) * features, features)
                    .CopyTo(selected.AsSpan(Index(t, i, selectedTimes.Length, rows.Count) * features));
            }
        }

        return selected;
    }

    private void Run(Session session, float[] y)
    {
        SequenceMask mask = new() { Lengths = Lengths, Present = Present };
        if (Case.TakesIndices)
        {
            session.RunIndices(Indices, y, Case.Time, mask, Case.Layout);
        }
        else
        {
            session.Run(X, y, Case.Time, mask, Case.Layout);
        }
    }

    private int Index(int t, int row, int time, int batch) =>
        Case.Layout == SequenceLayout.TimeMajor ? (t * batch) + row : (row * time) + t;
}
