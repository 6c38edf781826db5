using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Parity;

/// <summary>Rows of a table that are moved alone: native as in the reference, and kept parameters in both.</summary>
public sealed class SparseUpdateTests
{
    private const int Vocabulary = 9;

    public static TheoryData<InstructionSet> Sets => Support.InstructionSets.All;

    private static SequenceCase Words(int seed) => new()
    {
        Seed = seed,
        InputSize = Vocabulary,
        Batch = 2,
        Time = 2,
        Layers = [new LayerCase { Cell = CellKind.Embedding, Size = 5 }, new LayerCase { Cell = CellKind.Gru, Size = 4 }],
    };

    public static TheoryData<InstructionSet, OptimizerCase> Optimizers => Support.InstructionSets.With(
    [
        new OptimizerCase(OptimizerKind.Sgd, Bound: 0.05),
        new OptimizerCase(OptimizerKind.Adam, Scale: 2),
    ]);

    /// <summary>Gradients differ in their last bits, so parameters do; rows that no batch has read have all their bits.</summary>
    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Rows_are_moved_as_in_the_reference(InstructionSet isa, OptimizerCase optimizer)
    {
        Support.InstructionSets.Use(isa);
        GradientData first = new(Words(1));
        using GradientSession session = first.Open(isa);
        ReferenceGradientSession<double> reference = ReferenceGradientSession<double>.Open(first.Definition, first.Dropout);
        bool[] sparse = [.. session.Blocks.Select(block => block.Role == ParameterRole.Table)];
        float[] before = Parameters(session);
        HashSet<int> read = [];
        for (int step = 1; step <= 4; step++)
        {
            GradientData data = new(Words(step));
            read.UnionWith(data.Data.Indices);
            data.Compute(session);
            data.ComputeReference(reference);
            OptimizerStep update = optimizer.Step(step) with { Sparse = sparse, Renews = true };
            session.Update(update);
            reference.Update(update);
        }

        Assert.InRange(read.Count, 1, Vocabulary - 1);
        float[] after = Parameters(session);
        double[] expected = new double[after.Length];
        reference.GetParameters(expected);
        for (int i = 0; i < after.Length; i++)
        {
            Assert.Equal(expected[i], after[i], 1e-4);
        }

        ParameterBlock table = session.Blocks[0];
        for (int row = 0; row < table.Rows; row++)
        {
            Assert.Equal(
                !read.Contains(row),
                before.AsSpan(row * table.Columns, table.Columns).SequenceEqual(after.AsSpan(row * table.Columns, table.Columns)));
        }
    }

    /// <summary>PyTorch's <c>SparseAdam</c>, one element at a time, of what a row has of gradients over three updates.</summary>
    [Fact]
    public void The_rule_of_the_reference_is_that_of_SparseAdam()
    {
        GradientData data = new(Words(1));
        ReferenceGradientSession<double> session = ReferenceGradientSession<double>.Open(data.Definition);
        int count = session.ParameterCount;
        ParameterBlock table = session.Blocks[0];
        double[] parameters = new double[count];
        double[] gradients = new double[count];
        double[] mean = new double[table.Length];
        double[] square = new double[table.Length];
        for (int step = 1; step <= 3; step++)
        {
            GradientData batch = new(Words(step));
            batch.ComputeReference(session);
            session.GetGradients(gradients);
            session.GetParameters(parameters);
            OptimizerStep update = new OptimizerCase(OptimizerKind.Adam).Step(step);
            session.Update(update with { Sparse = [true, .. new bool[session.Blocks.Count - 1]], Renews = true });
            double[] after = new double[count];
            session.GetParameters(after);
            for (int i = 0; i < table.Length; i++)
            {
                double expected = parameters[i];
                if (batch.Data.Indices.Contains(i / table.Columns))
                {
                    mean[i] += (gradients[i] - mean[i]) * (1 - update.Decay1);
                    square[i] += ((gradients[i] * gradients[i]) - square[i]) * (1 - update.Decay2);
                    double size = update.Rate * Math.Sqrt(1 - Math.Pow(update.Decay2, step)) / (1 - Math.Pow(update.Decay1, step));
                    expected -= size * mean[i] / (Math.Sqrt(square[i]) + update.Epsilon);
                }

                Assert.Equal(expected, after[i], 1e-12);
            }
        }
    }

    [Fact]
    public void What_would_move_other_rows_is_refused_by_both()
    {
        GradientData data = new(Words(1));
        using GradientSession session = data.Open(InstructionSet.Auto);
        ReferenceGradientSession<float> reference = ReferenceGradientSession<float>.Open(data.Definition);
        bool[] table = [true, .. new bool[session.Blocks.Count - 1]];
        bool[] other = [false, true, .. new bool[session.Blocks.Count - 2]];
        Refuse(new OptimizerCase(OptimizerKind.Sgd, Momentum: 0.5), table, "Momentum");
        Refuse(new OptimizerCase(OptimizerKind.AdamW), table, "AdamW");
        Refuse(new OptimizerCase(OptimizerKind.RmsProp), table, "RmsProp");
        Refuse(new OptimizerCase(OptimizerKind.Adam), other, "Sparse[1]");
        session.Regularize(0, 0, 0.5);
        reference.Regularize(0, 0, 0.5);
        Refuse(new OptimizerCase(OptimizerKind.Adam), table, "penalty");

        void Refuse(OptimizerCase optimizer, bool[] sparse, string text)
        {
            Assert.Contains(text, Assert.Throws<ArgumentException>(Native).Message, StringComparison.Ordinal);
            Assert.Contains(text, Assert.Throws<ArgumentException>(Managed).Message, StringComparison.Ordinal);

            void Native() => session.Update(optimizer.Step(1) with { Sparse = sparse });
            void Managed() => reference.Update(optimizer.Step(1) with { Sparse = sparse });
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Kept_parameters_come_back_with_all_their_bits(InstructionSet isa)
    {
        Support.InstructionSets.Use(isa);
        GradientData data = new(Words(3));
        using GradientSession session = data.Open(isa);
        Assert.Throws<InvalidOperationException>(session.RestoreParameters);
        bool[] sparse = [true, .. new bool[session.Blocks.Count - 1]];
        session.KeepParameters();
        float[] before = Parameters(session);
        for (int step = 1; step <= 3; step++)
        {
            data.Compute(session);
            session.Update(new OptimizerCase(OptimizerKind.Adam).Step(step) with { Sparse = step == 2 ? [] : sparse, Renews = true });
        }

        Assert.NotEqual(before, Parameters(session));
        session.RestoreParameters();
        Assert.Equal(before, Parameters(session));
        session.KeepParameters(keeps: false);
        Assert.Throws<InvalidOperationException>(session.RestoreParameters);
    }

    private static float[] Parameters(GradientSession session)
    {
        float[] parameters = new float[session.ParameterCount];
        session.GetParameters(parameters);
        return parameters;
    }
}
