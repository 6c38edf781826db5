using System.Numerics;
using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Tests.Support;

/// <summary>
/// A batch of a random model and a loss: the sum of all outputs and final states, each times a weight of its own.
/// </summary>
internal sealed class GradientData
{
    public GradientData(SequenceCase @case)
    {
        Data = new SequenceData(@case);
        Random random = new(@case.Seed + 1);
        Dropout = random.Next(3) == 0 ? [.. Definition.Layers.Select(layer => RandomDropout(layer, random))] : [];
        Seed = Dropout.Count > 0 ? (ulong)random.NextInt64() : null;
        OutputWeights = Weights(OutputLength, random);
        RecurrentWeights = Weights(StateLength, random);
    }

    public SequenceData Data { get; }

    public SequenceCase Case => Data.Case;

    public ModelDefinition Definition => Data.Definition;

    public IReadOnlyList<LayerDropout> Dropout { get; }

    public ulong? Seed { get; }

    public float[] OutputWeights { get; }

    public float[] RecurrentWeights { get; }

    public int OutputLength => (Data.PutsOutOneStep ? 1 : Case.Time) * Case.Batch * Case.OutputSize;

    public int StateLength => Case.Batch * Data.Reference.StateSize;

    /// <summary>Small cases of everything that a model can have: short enough to differentiate one by one.</summary>
    public static SequenceCase Shrink(SequenceCase @case)
    {
        Random random = new(@case.Seed ^ 0x5EED);
        LayerCase[] layers =
        [
            .. @case.Layers.Select(layer =>
            {
                int size = 1 + (layer.Size % 5);
                return layer with { Size = size, Projection = layer.Projection == 0 ? 0 : layer.Projection % size };
            }),
        ];
        return @case with
        {
            Layers = layers,
            InputSize = 1 + (@case.InputSize % 4),
            Batch = random.Next(1, 4),
            Time = random.Next(1, 6),
            Special = false,
        };
    }

    public GradientBatch<T> Batch<T>(T[] x, T[] states, bool drops = true) => new()
    {
        X = x,
        Indices = Data.Indices,
        Time = Case.Time,
        Batch = Case.Batch,
        Layout = Case.Layout,
        Lengths = Data.Lengths,
        Present = Data.Present,
        InitialStates = states,
        DropoutSeed = drops ? Seed : null,
    };

    public T[] X<T>()
        where T : INumberBase<T> => Array.ConvertAll(Data.X, T.CreateChecked);

    public T[] States<T>()
        where T : INumberBase<T> => Array.ConvertAll(Data.States ?? [], T.CreateChecked);

    /// <summary>All gradients of the loss.</summary>
    public Gradients<T> ComputeReference<T>()
        where T : IFloatingPointIeee754<T> => ComputeReference(ReferenceGradientSession<T>.Open(Definition, Dropout));

    /// <summary>All gradients of the loss; adds to those that the session has of its parameters.</summary>
    public Gradients<T> ComputeReference<T>(ReferenceGradientSession<T> session)
        where T : IFloatingPointIeee754<T> => ComputeReference(
            session,
            Batch(X<T>(), States<T>()),
            Array.ConvertAll(OutputWeights, T.CreateChecked),
            Array.ConvertAll(RecurrentWeights, T.CreateChecked));

    /// <summary>
    /// All gradients, where every parameter, input, state and gradient of the loss is <paramref name="size"/> times itself
    /// away, up or down.
    /// </summary>
    public Gradients<double> ComputeDisturbed(int number, double size)
    {
        Random random = new(Case.Seed ^ number);
        double Disturb(double value) => Disturbed(value, size, random);

        ReferenceGradientSession<double> session = ReferenceGradientSession<double>.Open(Definition, Dropout);
        double[] parameters = new double[session.ParameterCount];
        session.GetParameters(parameters);
        session.SetParameters(Array.ConvertAll(parameters, Disturb));
        // What says that a step is missing has to go on saying it.
        double[] x = Array.ConvertAll(
            X<double>(), value => value == Definition.Masking?.Value ? value : Disturb(value));
        return ComputeReference(
            session,
            Batch(x, Array.ConvertAll(States<double>(), Disturb)),
            Array.ConvertAll(OutputWeights, value => Disturb(value)),
            Array.ConvertAll(RecurrentWeights, value => Disturb(value)));
    }

    /// <summary>
    /// All gradients in float of the same outputs, where every gradient of the loss is <paramref name="size"/> times itself
    /// away, up or down.
    /// </summary>
    public Gradients<float> ComputeDisturbedOnTheWayBack(int number, double size)
    {
        Random random = new(Case.Seed ^ number);
        float Disturb(float value) => (float)Disturbed(value, size, random);

        return ComputeReference(
            ReferenceGradientSession<float>.Open(Definition, Dropout),
            Batch(X<float>(), States<float>()),
            Array.ConvertAll(OutputWeights, Disturb),
            Array.ConvertAll(RecurrentWeights, Disturb));
    }

    /// <summary>Goes forward: the outputs and the final states.</summary>
    public Outcome Forward(GradientSession session, bool drops = true)
    {
        float[] y = new float[OutputLength];
        float[] final = new float[StateLength];
        session.Forward(Batch(Data.X, Data.States ?? [], drops), y, final);
        return new Outcome(y, final);
    }

    /// <summary>Goes forward: the outputs and the final states.</summary>
    public Outcome Forward(ReferenceGradientSession<float> session, bool drops = true)
    {
        float[] y = new float[OutputLength];
        float[] final = new float[StateLength];
        session.Forward(Batch(Data.X, Data.States ?? [], drops), y, final);
        return new Outcome(y, final);
    }

    /// <summary>All gradients of the loss; adds to those that the session has of its parameters.</summary>
    public Gradients<float> Compute(GradientSession session)
    {
        Gradients<float> gradients = Gradients<float>.Empty(session.ParameterCount, Data.X.Length, StateLength);
        Forward(session);
        session.Backward(OutputWeights, RecurrentWeights, gradients.X, gradients.States);
        session.GetGradients(gradients.Parameters);
        return gradients;
    }

    public GradientSession Open(
        InstructionSet isa = InstructionSet.Auto, int threads = 1, GemmProvider provider = GemmProvider.BuiltIn) =>
        GradientSession.Open(Definition, new GradientSessionOptions
        {
            InstructionSet = isa,
            GemmProvider = provider,
            Threads = threads,
            Dropout = Dropout,
        });

    /// <summary>The loss and the sum of the magnitudes of its terms.</summary>
    public (double Value, double Size) Loss(ReferenceGradientSession<double> session, double[] x, double[] states)
    {
        double[] y = new double[OutputLength];
        double[] final = new double[StateLength];
        session.Forward(Batch(x, states), y, final);
        double value = 0;
        double size = 0;
        foreach ((double computed, float weight) in y.Zip(OutputWeights).Concat(final.Zip(RecurrentWeights)))
        {
            value += computed * weight;
            size += Math.Abs(computed * weight);
        }

        return (value, size);
    }

    public override string ToString() =>
        $"{Case}{(Seed is null ? string.Empty : $"{Environment.NewLine}  dropout {string.Join("; ", Dropout)}")}";

    private static double Disturbed(double value, double size, Random random) =>
        value * (1 + (random.Next(2) == 0 ? -size : size));

    private static LayerDropout RandomDropout(Layer layer, Random random) => new(
        layer is EmbeddingLayer || random.Next(2) == 0 ? 0 : 0.6f * random.NextSingle(),
        layer is EmbeddingLayer || random.Next(2) == 0 ? 0 : 0.6f * random.NextSingle(),
        layer is not RecurrentLayer || random.Next(2) == 0 ? 0 : 0.6f * random.NextSingle());

    private static float[] Weights(int count, Random random) =>
        [.. Enumerable.Range(0, count).Select(_ => (2 * random.NextSingle()) - 1)];

    private Gradients<T> ComputeReference<T>(
        ReferenceGradientSession<T> session, GradientBatch<T> batch, T[] dy, T[] dFinal)
        where T : IFloatingPointIeee754<T>
    {
        T[] y = new T[OutputLength];
        T[] final = new T[StateLength];
        Gradients<T> gradients = Gradients<T>.Empty(session.ParameterCount, Data.X.Length, StateLength);
        session.Forward(batch, y, final);
        session.Backward(dy, dFinal, gradients.X, gradients.States);
        session.GetGradients(gradients.Parameters);
        return gradients;
    }
}
