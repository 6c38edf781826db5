using Recurrent.Layers;

namespace Recurrent.Tests.Layers;

/// <summary>
/// A layer is made only of weights that fit: the message names the part, the shape expected and what was found.
/// </summary>
public sealed class LayerShapeTests
{
    private static readonly LstmSpecification Lstm = new() { InputSize = 3, HiddenSize = 5, ProjectionSize = 2 };

    [Theory]
    [InlineData("InputWeights", "[20, 3]", 60)]
    [InlineData("RecurrentWeights", "[20, 2]", 40)]
    [InlineData("InputBias", "[20]", 20)]
    [InlineData("RecurrentBias", "[20]", 20)]
    [InlineData("Peephole", "[15]", 15)]
    [InlineData("Projection", "[2, 5]", 10)]
    public void A_part_of_the_wrong_length_is_refused(string part, string shape, int length)
    {
        foreach (int found in new[] { length - 1, length + 1 })
        {
            float[] Part(string name, int right) => new float[name == part ? found : right];
            CellWeights weights = new(
                Part("InputWeights", 60),
                Part("RecurrentWeights", 40),
                Part("InputBias", 20),
                Part("RecurrentBias", 20),
                Part("Peephole", 15),
                Part("Projection", 10));
            ArgumentException exception = Assert.Throws<ArgumentException>(() => new RecurrentLayer(Lstm, weights));
            Assert.Equal($"directions[0].{part}", exception.ParamName);
            Assert.Contains(shape, exception.Message, StringComparison.Ordinal);
            Assert.Contains($"found {found} elements", exception.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_specification_whose_sizes_were_never_set_is_refused()
    {
        // What `required` asks of a caller, reflection does not.
        DenseSpecification dense = Activator.CreateInstance<DenseSpecification>();
        CellWeights none = new([], []);
        Assert.Throws<ArgumentOutOfRangeException>(
            "specification.InputSize", () => new DenseLayer(dense, new DenseWeights([])));
        Assert.Throws<ArgumentOutOfRangeException>(
            "specification.OutputSize", () => new DenseLayer(dense with { InputSize = 1 }, new DenseWeights([])));
        foreach (RecurrentSpecification recurrent in new RecurrentSpecification[]
        {
            Activator.CreateInstance<SimpleRnnSpecification>(),
            Activator.CreateInstance<GruSpecification>(),
            Activator.CreateInstance<LstmSpecification>(),
        })
        {
            Assert.Throws<ArgumentOutOfRangeException>(
                "specification.InputSize", () => new RecurrentLayer(recurrent, none));
            Assert.Throws<ArgumentOutOfRangeException>(
                "specification.HiddenSize", () => new RecurrentLayer(recurrent with { InputSize = 1 }, none));
        }
    }

    [Theory]
    [InlineData(Direction.Forward, 2)]
    [InlineData(Direction.Reverse, 0)]
    [InlineData(Direction.Bidirectional, 1)]
    public void The_number_of_directions_has_to_fit(Direction direction, int given)
    {
        CellWeights[] weights = [.. Enumerable.Repeat(new CellWeights(new float[1], new float[1]), given)];
        SimpleRnnSpecification rnn = new() { InputSize = 1, HiddenSize = 1, Direction = direction };
        Assert.Throws<ArgumentException>("directions", () => new RecurrentLayer(rnn, weights));
    }

    [Fact]
    public void Each_direction_is_where_it_belongs()
    {
        CellWeights first = new(new float[1], new float[1]);
        CellWeights second = new(new float[1], new float[1]);
        SimpleRnnSpecification rnn = new() { InputSize = 1, HiddenSize = 1 };
        RecurrentLayer forward = new(rnn, first);
        Assert.Same(first, forward.Forward);
        Assert.Null(forward.Reverse);
        RecurrentLayer reverse = new(rnn with { Direction = Direction.Reverse }, first);
        Assert.Null(reverse.Forward);
        Assert.Same(first, reverse.Reverse);
        RecurrentLayer both = new(rnn with { Direction = Direction.Bidirectional }, first, second);
        Assert.Same(first, both.Forward);
        Assert.Same(second, both.Reverse);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(6)]
    public void A_projection_not_below_the_hidden_size_is_refused(int projection)
    {
        CellWeights weights =
            new(new float[60], new float[20 * projection], projection: new float[5 * projection]);
        ArgumentException exception = Assert.Throws<ArgumentException>(
            "specification", () => new RecurrentLayer(Lstm with { ProjectionSize = projection }, weights));
        Assert.Contains("ProjectionSize below HiddenSize 5", exception.Message, StringComparison.Ordinal);
        Assert.Contains($"found {projection}", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sizes_whose_product_overflows_are_refused()
    {
        const int Max = LayerSpecification.MaxSize;
        CellWeights none = new([], []);
        ArgumentException exception = Assert.Throws<ArgumentException>(
            "specification",
            () => new RecurrentLayer(new LstmSpecification { InputSize = Max, HiddenSize = Max }, none));
        Assert.Contains("4194304, 1048576", exception.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(
            "specification", () => new RecurrentLayer(new GruSpecification { InputSize = 1, HiddenSize = Max }, none));
        Assert.Throws<ArgumentException>(
            "weights.Kernel",
            () => new DenseLayer(
                new DenseSpecification { InputSize = Max, OutputSize = Max }, new DenseWeights(new float[1])));
    }

    [Fact]
    public void Parts_that_a_cell_has_not_are_refused()
    {
        GruSpecification gru = new() { InputSize = 1, HiddenSize = 1 };
        ArgumentException peephole = Assert.Throws<ArgumentException>(
            () => new RecurrentLayer(gru, new CellWeights(new float[3], new float[3], peephole: new float[3])));
        Assert.Equal("directions[0].Peephole", peephole.ParamName);
        ArgumentException projection = Assert.Throws<ArgumentException>(
            () => new RecurrentLayer(gru, new CellWeights(new float[3], new float[3], projection: new float[1])));
        Assert.Equal("directions[0].Projection", projection.ParamName);
    }

    [Fact]
    public void Dense_shapes_are_checked()
    {
        DenseSpecification dense = new() { InputSize = 3, OutputSize = 2 };
        Assert.Throws<ArgumentException>(
            "weights.Kernel", () => new DenseLayer(dense, new DenseWeights(new float[5])));
        Assert.Throws<ArgumentException>(
            "weights.Bias", () => new DenseLayer(dense, new DenseWeights(new float[6], new float[3])));
    }

    [Fact]
    public void Null_is_refused_by_name()
    {
        Assert.Throws<ArgumentNullException>(
            "specification", () => new RecurrentLayer(null!, new CellWeights([], [])));
        Assert.Throws<ArgumentNullException>("directions[0]", () => new RecurrentLayer(Lstm, [null!]));
        Assert.Throws<ArgumentNullException>(
            "weights", () => new DenseLayer(new DenseSpecification { InputSize = 1, OutputSize = 1 }, null!));
    }

    [Fact]
    public void Weights_are_copied()
    {
        float[] source = [1];
        CellWeights weights = new(source, source);
        source[0] = 2;
        Assert.Equal(1, weights.InputWeights.Span[0]);
    }
}
