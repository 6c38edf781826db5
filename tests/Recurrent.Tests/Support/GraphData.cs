using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Tests.Support;

/// <summary>The weights and inputs of a graph's case.</summary>
internal sealed class GraphData
{
    public GraphData(GraphCase @case)
    {
        Case = @case;
        Definition = RandomGraphs.Create(@case);
        LayerOptions = RandomFormats.Of(Definition.Layers, @case.Weights, @case.Seed);
        Reference = ReferenceModel<float>.Create(Definition, @case.Weights, LayerOptions);
        RandomFloats random = new(@case.Seed, @case.Special);
        int steps = @case.Time * @case.Batch;
        Features = [.. Definition.Inputs.Select(input => input.Kind switch
        {
            ValueKind.Sequence => random.Inputs(steps * input.Size),
            ValueKind.Row => random.Inputs(@case.Batch * input.Size),
            _ => [],
        })];
        Indices =
        [
            .. Definition.Inputs.Select(input =>
                input.Kind == ValueKind.Indices ? random.Indices(steps, input.Size) : []),
        ];
        States = @case.InitialState ? random.States(@case.Batch * Reference.StateSize) : null;
        Lengths = @case.Ragged ? random.Lengths(@case.Batch, @case.Time) : [];
        Present = @case.Mask && Definition.Masking is not null ? random.Present(steps) : [];
        LoseSteps(random.Present(steps), new Random(@case.Seed));
    }

    private GraphData(GraphData source, GraphCase @case)
    {
        Case = @case;
        Definition = source.Definition;
        LayerOptions = source.LayerOptions;
        Reference = source.Reference;
        Features = source.Features;
        Indices = source.Indices;
    }

    public GraphCase Case { get; }

    public ModelDefinition Definition { get; }

    public IReadOnlyDictionary<int, LayerOptions> LayerOptions { get; }

    public ReferenceModel<float> Reference { get; }

    /// <summary>Of each input; empty for indices.</summary>
    public float[][] Features { get; private init; }

    /// <summary>Of each input; empty for features.</summary>
    public int[][] Indices { get; private init; }

    public float[]? States { get; private init; }

    public int[] Lengths { get; private init; } = [];

    public bool[] Present { get; private init; } = [];

    public SequenceMask Mask => new() { Lengths = Lengths, Present = Present };

    /// <summary>Names and positions take turns, and the order is not that of the model where there are names.</summary>
    public InputBuffer<float>[] Inputs
    {
        get
        {
            bool named = Case.Seed % 2 == 0;
            IEnumerable<InputBuffer<float>> buffers = Definition.Inputs.Select((input, i) =>
                input.Kind == ValueKind.Indices
                    ? new InputBuffer<float>(named ? input.Name : null, (ReadOnlyMemory<int>)Indices[i])
                    : new InputBuffer<float>(named ? input.Name : null, (ReadOnlyMemory<float>)Features[i]));
            return named ? [.. buffers.Reverse()] : [.. buffers];
        }
    }

    /// <summary>The same sequences at other places of a batch.</summary>
    public GraphData SelectRows(IReadOnlyList<int> rows) => new(this, Case with { Batch = rows.Count })
    {
        Features = [.. Features.Select((x, i) => Definition.Inputs[i].Kind == ValueKind.Row
            ? SelectRow(x, Definition.Inputs[i].Size, rows)
            : Select(x, Definition.Inputs[i].Size, 0, Case.Time, rows, Case.Time))],
        Indices = [.. Indices.Select(x => Select(x, 1, 0, Case.Time, rows, Case.Time))],
        States = States is null ? null : SelectRow(States, Reference.StateSize, rows),
        Lengths = Lengths.Length == 0 ? [] : [.. rows.Select(row => Lengths[row])],
        Present = Select(Present, 1, 0, Case.Time, rows, Case.Time),
    };

    /// <summary>A piece of the sequences, without states.</summary>
    public GraphData SelectSteps(int start, int count)
    {
        int[] rows = [.. Enumerable.Range(0, Case.Batch)];
        return new(this, Case with { Time = count })
        {
            Features = [.. Features.Select((x, i) => Definition.Inputs[i].Kind == ValueKind.Row
                ? x
                : Select(x, Definition.Inputs[i].Size, start, count, rows, Case.Time))],
            Indices = [.. Indices.Select(x => Select(x, 1, start, count, rows, Case.Time))],
            Present = Select(Present, 1, start, count, rows, Case.Time),
        };
    }

    /// <summary>Rows of an output of this case.</summary>
    public float[] SelectOutputRows(int output, float[] y, IReadOnlyList<int> rows)
    {
        int steps = Definition.OutputSteps(output, Case.Time);
        return Select(y, Definition.Outputs[output].Size, 0, steps, rows, steps);
    }

    /// <summary>Steps of an output of this case that has its steps.</summary>
    public float[] SelectOutputSteps(int output, float[] y, int start, int count) => Select(
        y, Definition.Outputs[output].Size, start, count, [.. Enumerable.Range(0, Case.Batch)], Case.Time);

    public float[] StatesOf(float[] states, int row) => SelectRow(states, Reference.StateSize, [row]);

    /// <summary>The native model, with the formats of the case.</summary>
    public RecurrentModel CreateNative(ModelOptions options) =>
        RecurrentModel.Create(Definition, options with { Weights = Case.Weights, Layers = LayerOptions });

    public GraphOutcome RunReference()
    {
        ReferenceSession<float> session = OpenReference();
        return new GraphOutcome(RunReference(session), StatesOf(session));
    }

    public ReferenceSession<float> OpenReference()
    {
        ReferenceSession<float> session = Reference.OpenSession(Case.Batch, Case.EmptyRow);
        if (States is not null)
        {
            session.LoadState(States);
        }

        return session;
    }

    public float[][] RunReference(ReferenceSession<float> session)
    {
        float[][] outputs = Unwritten();
        session.Run(Inputs, Buffers(outputs), Case.Time, Mask, Case.Layout);
        return outputs;
    }

    /// <summary>Advances the reference by a case of one step.</summary>
    public float[][] StepReference(ReferenceSession<float> session)
    {
        float[][] outputs = Unwritten();
        session.Step(Inputs, Buffers(outputs));
        return outputs;
    }

    public float[] StatesOf(ReferenceSession<float> session)
    {
        float[] states = new float[Case.Batch * Reference.StateSize];
        session.SaveState(states);
        return states;
    }

    public GraphOutcome RunNative(RecurrentModel model, int? threads = null)
    {
        using Session session = OpenSession(model, threads);
        return new GraphOutcome(RunNative(session), StatesOf(session));
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

    public float[][] RunNative(Session session)
    {
        float[][] outputs = Unwritten();
        session.Run(Inputs, Buffers(outputs), Case.Time, Mask, Case.Layout);
        return outputs;
    }

    /// <summary>Advances by a case of one step.</summary>
    public float[][] StepNative(Session session)
    {
        float[][] outputs = Unwritten();
        session.Step(Inputs, Buffers(outputs));
        return outputs;
    }

    public float[] StatesOf(Session session)
    {
        float[] states = new float[Case.Batch * Reference.StateSize];
        session.SaveState(states);
        return states;
    }

    /// <summary>Memory for all outputs, in which what a run does not write is seen.</summary>
    public float[][] Unwritten()
    {
        float[][] outputs =
        [
            .. Definition.Outputs.Select((output, k) =>
                new float[Definition.OutputSteps(k, Case.Time) * Case.Batch * output.Size]),
        ];
        foreach (float[] output in outputs)
        {
            Array.Fill(output, 12345f);
        }

        return outputs;
    }

    /// <summary>The same memory as a call takes it, in turns by position and by name.</summary>
    public OutputBuffer<float>[] Buffers(float[][] outputs) => Case.Seed % 3 == 0
        ? [.. outputs.Select((output, k) => new OutputBuffer<float>(Definition.Outputs[k].Name, output)).Reverse()]
        : [.. outputs.Select(output => (OutputBuffer<float>)output)];

    public void RequireSame(GraphOutcome expected, GraphOutcome actual, string what)
    {
        RequireSame(expected.Outputs, actual.Outputs, what);
        Bits.RequireSame(expected.States, actual.States, $"{what}, final states", Math.Max(1, Reference.StateSize));
    }

    public void RequireSame(float[][] expected, float[][] actual, string what)
    {
        for (int output = 0; output < expected.Length; output++)
        {
            Bits.RequireSame(
                expected[output], actual[output], $"{what}, output {output}", Definition.Outputs[output].Size);
        }
    }

    /// <summary>A piece after the other gives the bits of the reference, and the same states in the end.</summary>
    public void RequirePieces(RecurrentModel model, Func<int> nextLength)
    {
        ReferenceSession<float> reference = OpenReference();
        using Session session = OpenSession(model);
        for (int start = 0; start < Case.Time;)
        {
            int length = Math.Min(nextLength(), Case.Time - start);
            GraphData piece = SelectSteps(start, length);
            bool step = length == 1 && piece.Present.Length == 0;
            float[][] expected = step ? piece.StepReference(reference) : piece.RunReference(reference);
            float[][] actual = step ? piece.StepNative(session) : piece.RunNative(session);
            RequireSame(expected, actual, $"{length} steps from {start} of {Case}");
            start += length;
        }

        Bits.RequireSame(StatesOf(reference), StatesOf(session), $"states of {Case}", 1);
    }

    private static float[] SelectRow(float[] values, int size, IReadOnlyList<int> rows) =>
        [.. rows.SelectMany(row => values.AsSpan(row * size, size).ToArray())];

    /// <summary>Gives steps that are not present the value that stands for a missing one, in one of the inputs.</summary>
    private void LoseSteps(bool[] present, Random random)
    {
        if (Definition.Masking is not { } masking)
        {
            return;
        }

        for (int step = 0; step < present.Length; step++)
        {
            int input = random.Next(Definition.Inputs.Count);
            int size = Definition.Inputs[input].Size;
            if (present[step])
            {
                continue;
            }

            if (Definition.Inputs[input].Kind == ValueKind.Sequence)
            {
                Features[input].AsSpan(step * size, size).Fill(masking.Value);
            }
            else if (Definition.Inputs[input].Kind == ValueKind.Indices && !float.IsNaN(masking.Value))
            {
                Indices[input][step] = (int)masking.Value;
            }
        }
    }

    private T[] Select<T>(T[] sequence, int features, int start, int count, IReadOnlyList<int> rows, int time)
    {
        T[] selected = new T[sequence.Length == 0 ? 0 : count * rows.Count * features];
        for (int t = 0; t < count && selected.Length > 0; t++)
        {
            for (int i = 0; i < rows.Count; i++)
            {
                sequence.AsSpan(Index(start + t, rows[i], time, Case.Batch) * features, features)
                    .CopyTo(selected.AsSpan(Index(t, i, count, rows.Count) * features));
            }
        }

        return selected;
    }

    private int Index(int t, int row, int time, int batch) =>
        Case.Layout == SequenceLayout.TimeMajor ? (t * batch) + row : (row * time) + t;
}
