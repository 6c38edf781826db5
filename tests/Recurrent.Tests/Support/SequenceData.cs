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
            layers.Add(layer.Create(inputSize, random));
            inputSize = layer.OutputSize;
        }

        Layers = layers;
        Reference = ReferenceModel<float>.Create(Layers);
        X = random.Inputs(@case.Time * @case.Batch * @case.InputSize);
        States = @case.InitialState ? random.States(@case.Batch * Reference.StateSize) : null;
        Lengths = @case.Ragged ? random.Lengths(@case.Batch, @case.Time) : [];
    }

    private SequenceData(SequenceData source, SequenceCase @case, float[] x, float[]? states, int[] lengths)
    {
        Case = @case;
        Layers = source.Layers;
        Reference = source.Reference;
        X = x;
        States = states;
        Lengths = lengths;
    }

    public SequenceCase Case { get; }

    public IReadOnlyList<Layer> Layers { get; }

    public ReferenceModel<float> Reference { get; }

    public float[] X { get; }

    public float[]? States { get; }

    /// <summary>Empty if all rows are full.</summary>
    public int[] Lengths { get; }

    /// <summary>The same sequences at other places of a batch.</summary>
    public SequenceData SelectRows(IReadOnlyList<int> rows) => new(
        this,
        Case with { Batch = rows.Count },
        SelectRows(X, Case.InputSize, rows),
        States is null ? null : [.. rows.SelectMany(row => RowOf(States, row))],
        Lengths.Length == 0 ? [] : [.. rows.Select(row => Lengths[row])]);

    /// <summary>A piece of the sequences, without states.</summary>
    public SequenceData SelectSteps(int start, int count) => new(
        this, Case with { Time = count }, SelectSteps(X, Case.InputSize, start, count), null, []);

    /// <summary>Rows of an array of sequences of this case.</summary>
    public float[] SelectRows(float[] sequence, int features, IReadOnlyList<int> rows)
    {
        float[] selected = new float[Case.Time * rows.Count * features];
        for (int t = 0; t < Case.Time; t++)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                sequence.AsSpan(Index(t, rows[i], Case.Time, Case.Batch) * features, features)
                    .CopyTo(selected.AsSpan(Index(t, i, Case.Time, rows.Count) * features));
            }
        }

        return selected;
    }

    /// <summary>Steps of an array of sequences of this case.</summary>
    public float[] SelectSteps(float[] sequence, int features, int start, int count)
    {
        float[] selected = new float[count * Case.Batch * features];
        for (int t = 0; t < count; t++)
        {
            for (int row = 0; row < Case.Batch; row++)
            {
                sequence.AsSpan(Index(start + t, row, Case.Time, Case.Batch) * features, features)
                    .CopyTo(selected.AsSpan(Index(t, row, count, Case.Batch) * features));
            }
        }

        return selected;
    }

    public ReadOnlySpan<float> StatesOf(float[] states, int row) =>
        states.AsSpan(row * Reference.StateSize, Reference.StateSize);

    public Outcome RunReference()
    {
        ReferenceSession<float> session = Reference.OpenSession(Case.Batch, Case.EmptyRow);
        if (States is not null)
        {
            session.LoadState(States);
        }

        float[] y = new float[Case.Time * Case.Batch * Case.OutputSize];
        if (Lengths.Length == 0)
        {
            session.Run(X, y, Case.Time, Case.Layout);
        }
        else
        {
            session.Run(X, y, Case.Time, Lengths, Case.Layout);
        }

        float[] states = new float[Case.Batch * Reference.StateSize];
        session.SaveState(states);
        return new Outcome(y, states);
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
        // What a run does not write must be seen.
        float[] y = new float[Case.Time * Case.Batch * Case.OutputSize];
        Array.Fill(y, 12345f);
        Run(session, y);
        return y;
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

    private void Run(Session session, float[] y)
    {
        if (Lengths.Length == 0)
        {
            session.Run(X, y, Case.Time, Case.Layout);
        }
        else
        {
            session.Run(X, y, Case.Time, Lengths, Case.Layout);
        }
    }

    private float[] RowOf(float[] states, int row) => StatesOf(states, row).ToArray();

    private int Index(int t, int row, int time, int batch) =>
        Case.Layout == SequenceLayout.TimeMajor ? (t * batch) + row : (row * time) + t;
}
