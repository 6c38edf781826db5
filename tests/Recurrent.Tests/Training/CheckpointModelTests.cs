using System.Globalization;
using Recurrent.Layers;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>A checkpoint is taken by the model that it is of, and not by another one whose parameters have the same sizes.</summary>
public sealed class CheckpointModelTests
{
    private static ConvolutionSpecification Taps { get; } = new()
    {
        InputSize = 2,
        OutputSize = 3,
        KernelSize = 2,
        Dilation = 2,
        PaddingBefore = 2,
        Activation = Activation.LeakyRelu(0.25f),
    };

    [Fact]
    public void The_same_model_takes_it()
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        TrainingCheckpoint checkpoint = Model(Taps).Capture();
        CultureInfo.CurrentCulture = new CultureInfo(string.Empty) { NumberFormat = { NumberDecimalSeparator = "," } };
        using TrainableModel<float> model = Model(Taps);
        model.Restore(checkpoint);
        CultureInfo.CurrentCulture = culture;
        Assert.Contains("Alpha = 0.25", checkpoint.GetText("model"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Others))]
    public void Another_model_refuses_it_and_says_why(string difference, ConvolutionSpecification other)
    {
        TrainingCheckpoint checkpoint = Model(Taps).Capture();
        using TrainableModel<float> model = Model(other);
        float[] before = SmallTask.Parameters(model);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => model.Restore(checkpoint));
        Assert.Contains($"layer 0 has {difference}", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, SmallTask.Parameters(model));
    }

    [Fact]
    public void What_another_version_says_besides_is_not_compared()
    {
        TrainingCheckpoint checkpoint = Model(Taps).Capture();
        checkpoint.SetText("model", checkpoint.GetText("model").Replace("KernelSize", "Kernel", StringComparison.Ordinal));
        using TrainableModel<float> model = Model(Taps);
        model.Restore(checkpoint);
    }

    [Fact]
    public void A_checkpoint_of_an_older_version_says_nothing_of_its_model()
    {
        TrainingCheckpoint checkpoint = Model(Taps).Capture();
        checkpoint.Texts.Remove("model");
        checkpoint.Texts.Remove("sparse");
        using TrainableModel<float> model = Model(Taps with { Dilation = 1, PaddingBefore = 1 });
        model.Restore(checkpoint);
    }

    [Fact]
    public void Moments_of_a_sparse_table_are_not_those_of_a_dense_one()
    {
        using TrainableModel<float> sparse = Words(sparse: true);
        using TrainableModel<float> dense = Words(sparse: false);
        InvalidDataException error = Assert.Throws<InvalidDataException>(() => dense.Restore(sparse.Capture()));
        Assert.Contains("[0]", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => sparse.Restore(dense.Capture()));
    }

    public static TheoryData<string, ConvolutionSpecification> Others() => new()
    {
        { "Dilation 2", Taps with { Dilation = 1, PaddingBefore = 1 } },
        { "PaddingBefore 2", Taps with { PaddingBefore = 0, PaddingAfter = 2 } },
        { "Activation.Kind LeakyRelu", Taps with { Activation = Activation.Tanh } },
        { "Activation.Alpha 0.25", Taps with { Activation = Activation.LeakyRelu(0.5f) } },
    };

    private static TrainableModel<float> Model(ConvolutionSpecification specification)
    {
        ConvolutionLayer layer = new(specification, new ConvolutionWeights(new float[12]));
        TrainableModel<float> model = TrainableModel.Create(new ModelDefinition([layer]));
        model.Compile(new Adam(0.01), new MeanSquaredError());
        return model;
    }

    private static TrainableModel<float> Words(bool sparse)
    {
        TrainableModel<float> model = new Sequential(6, seed: 4).Embedding(5, default, sparse).Lstm(4).Dense(1)
            .ToModel(ModelOutput.LastStep);
        model.Compile(new Adam(0.05), new MeanSquaredError());
        return model;
    }
}
