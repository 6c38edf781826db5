using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>
/// Training of graphs, natively: outputs and final states have the bits of the reference in float. From there on the way back is
/// linear, so gradients are near those of the reference whatever the model is.
/// </summary>
public sealed class GraphGradientParityTests
{
    // Of an array's largest gradient: roundings of products, slopes and sums over a few steps and layers.
    private const double Share = 2e-5;

    // Above it sums of float overflow, which those of the reference, in double, do not.
    private const double LargestJudged = 1e30;

    public static TheoryData<InstructionSet> InstructionSets => Support.InstructionSets.All;

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Gradients_of_graphs_are_those_of_the_reference(InstructionSet isa)
    {
        Support.InstructionSets.Use(isa);
        Property.Check(GraphCases.Arbitrary(layers: 8, time: 6, batch: 20, smooth: true), 200, @case =>
        {
            GraphData data = new(@case);
            ReferenceGradientSession<float> reference = ReferenceGradientSession<float>.Open(data.Definition);
            using GradientSession session = GradientSession.Open(
                data.Definition, new GradientSessionOptions { InstructionSet = isa, Threads = 1 + (@case.Seed % 3) });
            Pass expected = new(data);
            Pass found = new(data);
            reference.Forward(expected.Batch, data.Buffers(expected.Outputs), expected.FinalStates);
            session.Forward(found.Batch, data.Buffers(found.Outputs), found.FinalStates);
            data.RequireSame(expected.Outputs, found.Outputs, $"{isa}, {@case}");
            Bits.RequireSame(expected.FinalStates, found.FinalStates, $"{isa}, final states, {@case}", 1);

            reference.Backward(expected.OfOutputs, expected.OfFinalStates, expected.OfInputs, expected.OfInitialStates);
            session.Backward(found.OfOutputs, found.OfFinalStates, found.OfInputs, found.OfInitialStates);
            float[] parameters = new float[session.ParameterCount];
            float[] other = new float[session.ParameterCount];
            reference.GetGradients(parameters);
            session.GetGradients(other);
            RequireNear(parameters, other, "parameters");
            RequireNear(expected.OfInitialStates, found.OfInitialStates, "initial states");
            for (int input = 0; input < data.Features.Length; input++)
            {
                RequireNear(expected.InputGradients[input], found.InputGradients[input], $"input {input}");
            }

            void RequireNear(float[] expected, float[] found, string what)
            {
                float[] finite = [.. expected.Where(float.IsFinite)];
                double most = finite.Length == 0 ? 0 : finite.Max(Math.Abs);
                if (most > LargestJudged)
                {
                    return;
                }

                for (int i = 0; i < expected.Length; i++)
                {
                    if (float.IsFinite(expected[i]) && !(Math.Abs(expected[i] - found[i]) <= Share * (most + 1e-3)))
                    {
                        Assert.Fail($"{isa}, {what} {i}: expected {expected[i]:R}, found {found[i]:R}, largest {most}, {@case}");
                    }
                }
            }
        });
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void Threads_do_not_change_a_bit_of_gradients(InstructionSet isa)
    {
        Support.InstructionSets.Use(isa);
        Property.Check(GraphCases.Arbitrary(layers: 10, smooth: true), 60, @case =>
        {
            GraphData data = new(@case);
            float[][] one = Compute(1);
            float[][] three = Compute(3);
            for (int part = 0; part < one.Length; part++)
            {
                Bits.RequireSame(one[part], three[part], $"{isa}, part {part}, {@case}", 1);
            }

            float[][] Compute(int threads)
            {
                using GradientSession session = GradientSession.Open(
                    data.Definition, new GradientSessionOptions { InstructionSet = isa, Threads = threads });
                Pass pass = new(data);
                session.Forward(pass.Batch, data.Buffers(pass.Outputs), pass.FinalStates);
                session.Backward(pass.OfOutputs, pass.OfFinalStates, pass.OfInputs, pass.OfInitialStates);
                float[] parameters = new float[session.ParameterCount];
                session.GetGradients(parameters);
                return [parameters, pass.OfInitialStates, .. pass.InputGradients];
            }
        });
    }

    /// <summary>
    /// Rows of different lengths are computed in another order than the caller has them, also where all of them come to have the
    /// same steps. Found by the properties above.
    /// </summary>
    [Fact]
    public void Rows_of_different_lengths_with_the_same_last_steps_stay_at_their_places()
    {
        LayerCase rnn = new() { Cell = CellKind.SimpleRnn, Size = 2 };
        ModelDefinition model = new(
            [ModelInput.Sequence("x", 2), ModelInput.Row("r", 2)],
            [
                new(new LastStepsLayer(2, 1), 0),
                new(rnn.Create(2, new RandomFloats(1)), 2),
                new(new RepeatLayer(2, 3), 1),
                new(rnn.Create(2, new RandomFloats(2))),
            ],
            [new("last", 3), new("repeated", 5)]);
        float[] x = new RandomFloats(3).Inputs(3 * 3 * 2);
        float[] rows = new RandomFloats(4).Inputs(3 * 2);
        int[] lengths = [1, 3, 2];
        using var native = GradientSession.Open(model);
        (float[] Last, float[] Repeated, float[] Dx) actual = Compute(native);
        (float[] Last, float[] Repeated, float[] Dx) expected = Compute(ReferenceGradientSession<float>.Open(model));
        Assert.Equal(expected.Last, actual.Last);
        Assert.Equal(expected.Repeated, actual.Repeated);
        Assert.All(expected.Dx.Zip(actual.Dx), pair => Assert.Equal(pair.First, pair.Second, 1e-5));

        (float[] Last, float[] Repeated, float[] Dx) Compute(IGradientSession<float> session)
        {
            float[] last = new float[6];
            float[] repeated = new float[18];
            float[] dx = new float[18];
            session.Forward(
                new GradientBatch<float> { Inputs = [x, rows], Time = 3, Batch = 3, Lengths = lengths }, [last, repeated]);
            session.Backward([new float[] { 1, 2, 3, 4, 5, 6 }, repeated], dInputs: [dx]);
            return (last, repeated, dx);
        }
    }

    /// <summary>The buffers of a pass there and back.</summary>
    private sealed class Pass
    {
        private readonly GraphData _data;

        public Pass(GraphData data)
        {
            _data = data;
            RandomFloats random = new(~data.Case.Seed);
            Outputs = data.Unwritten();
            OfOutputs = [.. Outputs.Select(y => (InputBuffer<float>)random.States(y.Length))];
            int states = data.Case.Batch * data.Definition.StateSize;
            FinalStates = new float[states];
            OfFinalStates = random.States(states);
            OfInitialStates = new float[data.Case.Seed % 2 == 0 ? states : 0];
            InputGradients = [.. data.Features.Select(x => new float[x.Length])];
        }

        public GradientBatch<float> Batch => new()
        {
            Inputs = _data.Inputs,
            Time = _data.Case.Time,
            Batch = _data.Case.Batch,
            Layout = _data.Case.Layout,
            Lengths = _data.Lengths,
            Present = _data.Present,
            InitialStates = _data.States ?? [],
        };

        public float[][] Outputs { get; }

        public InputBuffer<float>[] OfOutputs { get; }

        public float[] FinalStates { get; }

        public float[] OfFinalStates { get; }

        public float[] OfInitialStates { get; }

        public float[][] InputGradients { get; }

        public OutputBuffer<float>[] OfInputs => [.. InputGradients.Select(dx => (OutputBuffer<float>)dx)];
    }
}
