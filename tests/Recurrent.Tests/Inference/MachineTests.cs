using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>What the machine has, and what a model takes of it.</summary>
public sealed class MachineTests
{
    public static TheoryData<InstructionSet> InstructionSets => Support.InstructionSets.All;

    private static Layer[] Layers =>
        [new LayerCase { Cell = CellKind.Lstm, Size = 64 }.Create(64, new RandomFloats(1))];

    [Fact]
    public void The_machine_tells_what_it_has()
    {
        Assert.Contains(InstructionSet.Scalar, Machine.InstructionSets);
        Assert.Contains(Machine.InstructionSet, Machine.InstructionSets);
        Assert.Equal(
            Machine.InstructionSets,
            Machine.KnownInstructionSets.Where(set => set.IsSupported).Select(set => set.InstructionSet));
        Assert.True(Machine.Processors >= 1);
        Assert.True(Machine.L1DataBytes >= 0 && Machine.L2Bytes >= 0 && Machine.L3Bytes >= 0);
        Assert.NotEmpty(Machine.LibraryVersion);
        Assert.NotEmpty(Machine.Mkl);
    }

    [Fact]
    public void The_enumeration_has_the_instruction_sets_of_the_library()
    {
        Assert.Equal(
            Enum.GetValues<InstructionSet>().Where(isa => isa >= 0).Select(isa => (isa, isa.ToString().ToLowerInvariant())),
            Machine.KnownInstructionSets.Select(set => (set.InstructionSet, set.Name)));
        Assert.All(Machine.KnownInstructionSets, set => Assert.Equal(set.InstructionSet == 0, set.VectorWidth == 1));
    }

    [Theory]
    [MemberData(nameof(InstructionSets))]
    public void A_model_uses_the_instruction_set_that_was_asked_for(InstructionSet isa)
    {
        using RecurrentModel model = RecurrentModel.Create(Layers, Support.InstructionSets.Use(isa));
        Assert.Equal(isa, model.InstructionSet);
        Assert.Equal(GemmProvider.BuiltIn, model.GemmProvider);
    }

    [Fact]
    public void Auto_is_the_machine_s_choice()
    {
        using RecurrentModel model = RecurrentModel.Create(Layers);
        Assert.Equal(Machine.InstructionSet, model.InstructionSet);
    }

    [Fact]
    public void Mkl_multiplies_if_it_is_there()
    {
        Assert.SkipUnless(Machine.MklAvailable, $"Intel MKL: {Machine.Mkl}");
        SequenceData data = new(new SequenceCase
        {
            Seed = 6,
            InputSize = 200,
            Batch = 8,
            Time = 40,
            Layers = [new LayerCase { Cell = CellKind.Gru, Size = 100 }],
        });
        using RecurrentModel model = RecurrentModel.Create(
            data.Layers, new ModelOptions { GemmProvider = GemmProvider.Mkl });
        Assert.Equal(GemmProvider.Mkl, model.GemmProvider);
        float[] expected = data.RunReference().Y;
        float[] actual = data.RunNative(model).Y;
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], actual[i], 2e-6);
        }
    }

    [Fact]
    public void Mkl_that_is_not_there_is_refused_with_the_reason()
    {
        Assert.SkipWhen(Machine.MklAvailable, $"Intel MKL is available: {Machine.Mkl}");
        PlatformNotSupportedException exception = Assert.Throws<PlatformNotSupportedException>(
            () => RecurrentModel.Create(Layers, new ModelOptions { GemmProvider = GemmProvider.Mkl }));
        Assert.Contains("MKL", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_automatic_provider_tells_what_it_measured()
    {
        using RecurrentModel model = RecurrentModel.Create(
            Layers, new ModelOptions { GemmProvider = GemmProvider.Auto });
        ProductInfo product = model.GetProductInfo(0);
        Assert.Equal(model.GemmProvider, product.Provider);
        if (!Machine.MklAvailable)
        {
            Assert.Equal(new ProductInfo(GemmProvider.BuiltIn, 0, 0, 0), product);
            return;
        }

        Assert.True(product is { Rows: > 0, BuiltInMicroseconds: > 0, MklMicroseconds: > 0 }, $"{product}");
        Assert.Equal(
            product.MklMicroseconds < product.BuiltInMicroseconds ? GemmProvider.Mkl : GemmProvider.BuiltIn,
            product.Provider);
    }

    [Fact]
    public void A_provider_that_was_not_chosen_by_measuring_has_no_times()
    {
        using RecurrentModel model = RecurrentModel.Create(Layers);
        Assert.Equal(new ProductInfo(GemmProvider.BuiltIn, 0, 0, 0), model.GetProductInfo(0, Direction.Forward));
    }

    [Fact]
    public void Products_of_layers_that_are_not_there_are_refused()
    {
        using RecurrentModel model = RecurrentModel.Create(
            [.. Layers, new LayerCase { Cell = CellKind.Dense, Size = 2 }.Create(64, new RandomFloats(1))]);
        Assert.Throws<ArgumentOutOfRangeException>("layer", () => model.GetProductInfo(2));
        Assert.Throws<ArgumentException>("layer", () => model.GetProductInfo(1));
        Assert.Throws<ArgumentException>("direction", () => model.GetProductInfo(0, Direction.Reverse));
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.GetProductInfo(0));
    }

    [Fact]
    public void The_automatic_provider_is_one_of_the_two()
    {
        using RecurrentModel model = RecurrentModel.Create(
            Layers, new ModelOptions { GemmProvider = GemmProvider.Auto });
        Assert.Contains(model.GemmProvider, new[] { GemmProvider.BuiltIn, GemmProvider.Mkl });
    }
}
