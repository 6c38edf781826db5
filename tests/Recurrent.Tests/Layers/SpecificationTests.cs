using Recurrent.Layers;

namespace Recurrent.Tests.Layers;

/// <summary>What a specification accepts, and what it says when it does not.</summary>
public sealed class SpecificationTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(LayerSpecification.MaxSize + 1)]
    public void Sizes_out_of_range_are_refused_by_name(int size)
    {
        RequireNamed("InputSize", size, () => new LstmSpecification { InputSize = size, HiddenSize = 1 });
        RequireNamed("HiddenSize", size, () => new GruSpecification { InputSize = 1, HiddenSize = size });
        RequireNamed("OutputSize", size, () => new DenseSpecification { InputSize = 1, OutputSize = size });
    }

    [Theory]
    [InlineData(-1f)]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void A_clip_that_bounds_nothing_is_refused(float clip) =>
        RequireNamed("Clip", clip, () => new SimpleRnnSpecification { InputSize = 1, HiddenSize = 1, Clip = clip });

    [Fact]
    public void Undefined_values_are_refused_by_name()
    {
        LstmSpecification lstm = new() { InputSize = 1, HiddenSize = 2 };
        Activation unknown = new((ActivationKind)99);
        Activation infinite = Activation.Elu(float.PositiveInfinity);
        RequireNamed("Direction", 7, () => lstm with { Direction = (Direction)7 });
        RequireNamed("Coupling", 7, () => lstm with { Coupling = (GateCoupling)7 });
        RequireNamed("OutputPeephole", 7, () => lstm with { OutputPeephole = (OutputPeephole)7 });
        RequireNamed("ProjectionSize", -1, () => lstm with { ProjectionSize = -1 });
        RequireNamed("GateActivation", 99, () => lstm with { GateActivation = unknown });
        RequireNamed("OutputActivation", "∞", () => lstm with { OutputActivation = infinite }, "Infinity");
        RequireNamed(
            "ReverseActivations",
            99,
            () => lstm with { ReverseActivations = CellActivations.Default with { Candidate = unknown } });
    }

    [Fact]
    public void Sizes_follow_from_direction_and_projection()
    {
        LstmSpecification lstm = new()
        {
            InputSize = 3,
            HiddenSize = 8,
            ProjectionSize = 5,
            Direction = Direction.Bidirectional,
        };
        Assert.Equal(4, lstm.GateCount);
        Assert.Equal(5, lstm.StateSize);
        Assert.Equal(2, lstm.DirectionCount);
        Assert.Equal(10, lstm.OutputSize);
        Assert.Equal(7, new DenseSpecification { InputSize = 1, OutputSize = 7 }.OutputSize);
        LayerSpecification dense = new DenseSpecification { InputSize = 1, OutputSize = 7 };
        Assert.Equal(7, dense.OutputSize);
    }

    [Fact]
    public void Specifications_are_compared_by_value()
    {
        Assert.Equal(
            new GruSpecification { InputSize = 1, HiddenSize = 2 },
            new GruSpecification { InputSize = 1, HiddenSize = 2 });
        Assert.NotEqual(
            new GruSpecification { InputSize = 1, HiddenSize = 2 },
            new GruSpecification { InputSize = 1, HiddenSize = 2, ResetAfter = false });
    }

    [Fact]
    public void The_reverse_direction_has_its_own_activations_only_if_given()
    {
        GruSpecification gru = new()
        {
            InputSize = 1,
            HiddenSize = 1,
            Direction = Direction.Bidirectional,
            CandidateActivation = Activation.Relu,
        };
        Assert.Equal(Activation.Relu, gru.GetActivations(Direction.Reverse).Candidate);
        CellActivations reverse = new(Activation.HardSigmoid(), Activation.Softsign, Activation.Tanh);
        gru = gru with { ReverseActivations = reverse };
        Assert.Equal(reverse, gru.GetActivations(Direction.Reverse));
        Assert.Equal(Activation.Relu, gru.GetActivations(Direction.Forward).Candidate);
        Assert.Throws<ArgumentException>("direction", () => gru.GetActivations(Direction.Bidirectional));
    }

    private static void RequireNamed(string name, object found, Func<object> create, string? orElse = null)
    {
        ArgumentOutOfRangeException exception = Assert.Throws<ArgumentOutOfRangeException>(name, () => create());
        Assert.StartsWith($"{name}: expected ", exception.Message, StringComparison.Ordinal);
        string text = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{found}");
        Assert.True(
            exception.Message.Contains(text, StringComparison.Ordinal)
            || (orElse is not null && exception.Message.Contains(orElse, StringComparison.Ordinal)),
            exception.Message);
    }
}
