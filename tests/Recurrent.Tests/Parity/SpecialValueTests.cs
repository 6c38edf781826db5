using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>NaN, infinity and denormals: where they go and where they do not.</summary>
public sealed class SpecialValueTests
{
    public static TheoryData<InstructionSet, CellKind> Kernels => Support.InstructionSets.Kernels;

    public static TheoryData<InstructionSet, CellKind> KernelsWithState =>
        [.. Kernels.Where(row => row.Data.Item2 != CellKind.Dense)];

    public static TheoryData<CellKind> Cells => new(CellKinds.Products);

    [Theory]
    [MemberData(nameof(Kernels))]
    public void A_value_that_is_not_finite_stays_in_its_row(InstructionSet isa, CellKind cell)
    {
        ModelOptions options = InstructionSets.Use(isa);
        SequenceData data = new(new SequenceCase
        {
            Seed = 3,
            InputSize = 4,
            Batch = 9,
            Time = 6,
            Layers = [new LayerCase { Cell = cell, Size = 19 }],
        });
        using RecurrentModel model = RecurrentModel.Create(data.Layers, options);
        Outcome clean = data.RunNative(model);
        foreach (float value in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            // Row 4, step 2.
            int place = ((2 * 9) + 4) * 4;
            float kept = data.X[place];
            data.X[place] = value;
            Outcome touched = data.RunNative(model);
            data.RequireSame(data.RunReference(), touched, $"{value} in row 4, step 2");
            data.X[place] = kept;
            int[] others = [0, 1, 2, 3, 5, 6, 7, 8];
            Bits.RequireSame(
                data.SelectRows(clean.Y, 19, others), data.SelectRows(touched.Y, 19, others), "the other rows", 19);
            Bits.RequireSame(
                data.SelectSteps(clean.Y, 19, 0, 2), data.SelectSteps(touched.Y, 19, 0, 2), "the steps before", 19);
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public void NaN_in_the_input_is_NaN_in_every_output_of_the_row(CellKind cell)
    {
        // Relu has to let it through, too.
        LayerCase layer = new()
        {
            Cell = cell,
            Size = 19,
            Activations = CellActivations.Default with { Candidate = Activation.Relu, Output = Activation.Relu },
        };
        SequenceData data = new(new SequenceCase { Seed = 5, InputSize = 4, Layers = [layer] });
        data.X[2] = float.NaN;
        using RecurrentModel model = RecurrentModel.Create(data.Layers);
        Assert.All(data.RunNative(model).Y, value => Assert.True(float.IsNaN(value)));
    }

    [Theory]
    [MemberData(nameof(Kernels))]
    public void Denormal_inputs_weights_and_states_count_as_zero(InstructionSet isa, CellKind cell)
    {
        ModelOptions options = InstructionSets.Use(isa);
        const float Denormal = 1.1e-38f;
        const float Scale = 1e20f;

        // Without the flush the products would be 1e-18 and show.
        RecurrentSpecification? specification = cell switch
        {
            CellKind.SimpleRnn => new SimpleRnnSpecification
            {
                InputSize = 1,
                HiddenSize = 1,
                Activation = Activation.Identity,
            },
            CellKind.Lstm => new LstmSpecification
            {
                InputSize = 1,
                HiddenSize = 1,
                CandidateActivation = Activation.Identity,
                OutputActivation = Activation.Identity,
            },
            CellKind.Dense => null,
            _ => new GruSpecification
            {
                InputSize = 1,
                HiddenSize = 1,
                ResetAfter = cell == CellKind.Gru,
                CandidateActivation = Activation.Identity,
            },
        };
        int gates = specification?.GateCount ?? 1;
        float[] scale = [.. Enumerable.Repeat(Scale, gates)];
        float[] denormal = [.. Enumerable.Repeat(Denormal, gates)];
        Require(scale, Denormal, "a denormal input");
        Require(denormal, Scale, "denormal weights");

        void Require(float[] weights, float x, string what)
        {
            Layer layer = specification is null
                ? new DenseLayer(new DenseSpecification { InputSize = 1, OutputSize = 1 }, new DenseWeights(weights))
                : new RecurrentLayer(specification, new CellWeights(weights, weights));
            using RecurrentModel model = RecurrentModel.Create([layer], options);
            using Session session = model.OpenSession();
            float[] y = [1];
            session.Step([x], y);
            Assert.True(y[0] == 0, $"{what}: expected 0, found {y[0]:R}");
            ReferenceSession<float> reference = ReferenceModel<float>.Create(layer).OpenSession();
            reference.Step([x], y);
            Assert.True(y[0] == 0, $"{what}, reference: expected 0, found {y[0]:R}");
        }
    }

    [Theory]
    [MemberData(nameof(KernelsWithState))]
    public void A_state_decays_to_zero_and_not_through_denormals(InstructionSet isa, CellKind cell)
    {
        ModelOptions options = InstructionSets.Use(isa);
        RecurrentSpecification specification = cell switch
        {
            CellKind.SimpleRnn => new SimpleRnnSpecification
            {
                InputSize = 1,
                HiddenSize = 17,
                Activation = Activation.Affine(0.5f),
            },
            CellKind.Lstm => new LstmSpecification { InputSize = 1, HiddenSize = 17 },
            _ => new GruSpecification { InputSize = 1, HiddenSize = 17, ResetAfter = cell == CellKind.Gru },
        };
        float[] identity = new float[17 * 17];
        for (int i = 0; i < 17; i++)
        {
            identity[i * 18] = 1;
        }

        // All gates 1/2 and no candidate, except that the simple cell halves its state itself.
        CellWeights weights = new(
            new float[specification.GateCount * 17],
            cell == CellKind.SimpleRnn ? identity : new float[specification.GateCount * 17 * 17]);
        RecurrentLayer layer = new(specification, weights);
        using RecurrentModel model = RecurrentModel.Create([layer], options);
        using Session session = model.OpenSession();
        ReferenceSession<float> reference = ReferenceModel<float>.Create(layer).OpenSession();
        float[] states = [.. Enumerable.Repeat(1f, model.StateSize)];
        float[] expected = new float[states.Length];
        session.LoadState(states);
        reference.LoadState(states);
        float[] y = new float[17];
        for (int step = 0; step < 140; step++)
        {
            session.Step([0], y);
            session.SaveState(states);
            reference.Step([0], y);
            reference.SaveState(expected);
            Bits.RequireSame(expected, states, $"step {step}", states.Length);
            Assert.All(states, state => Assert.True(state == 0 || MathF.Abs(state) >= 1.17549435e-38f));
        }

        Assert.All(states, state => Assert.Equal(0, BitConverter.SingleToInt32Bits(state)));
    }

    [Theory]
    [InlineData(1e-39f)]
    [InlineData(-1e-39f)]
    [InlineData(-0f)]
    public void A_denormal_state_is_stored_as_plus_zero(float value)
    {
        SequenceData data = new(new SequenceCase
        {
            Seed = 1,
            InputSize = 1,
            Layers = [new LayerCase { Cell = CellKind.Lstm, Size = 3 }],
        });
        using RecurrentModel model = RecurrentModel.Create(data.Layers);
        using Session session = model.OpenSession();
        float[] states = [.. Enumerable.Repeat(value, model.StateSize)];
        session.LoadState(states);
        session.SaveState(states);
        Assert.All(states, state => Assert.Equal(0, BitConverter.SingleToInt32Bits(state)));
        session.SetState(0, Direction.Forward, StateKind.Cell, [value, value, value]);
        float[] cell = new float[3];
        session.GetState(0, Direction.Forward, StateKind.Cell, cell);
        Assert.All(cell, state => Assert.Equal(0, BitConverter.SingleToInt32Bits(state)));
    }
}
