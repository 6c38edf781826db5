using System.Runtime.InteropServices;
using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>
/// Misuse is refused with the argument's name, what was expected and what was found, and changes nothing.
/// </summary>
public sealed class BadInputTests : IDisposable
{
    private const int Batch = 4;

    public static TheoryData<InstructionSet> AllInstructionSets => InstructionSets.All;

    private readonly RecurrentModel _model = Models.Lstm();
    private readonly Session _session;
    private readonly float[] _states;

    public BadInputTests()
    {
        _session = _model.OpenSession(Batch);
        _states = new RandomFloats(5).States(Batch * _model.StateSize);
        _session.LoadState(_states);
    }

    public void Dispose()
    {
        // Nothing that was refused has touched the states.
        float[] states = new float[_states.Length];
        _session.SaveState(states);
        Assert.Equal(_states, states);
        _session.Dispose();
        _model.Dispose();
    }

    [Theory]
    [InlineData(7, 12, "x", "[batch, InputSize] = [4, 2] (8 elements), found 7")]
    [InlineData(9, 12, "x", "[batch, InputSize] = [4, 2] (8 elements), found 9")]
    [InlineData(0, 12, "x", "found 0")]
    [InlineData(8, 11, "y", "[batch, OutputSize] = [4, 3] (12 elements), found 11")]
    [InlineData(8, 13, "y", "[batch, OutputSize] = [4, 3] (12 elements), found 13")]
    [InlineData(8, 0, "y", "found 0")]
    public void A_step_of_the_wrong_length(int xLength, int yLength, string name, string text) =>
        Require(name, text, () => _session.Step(new float[xLength], new float[yLength]));

    [Theory]
    [InlineData(15, 24, SequenceLayout.TimeMajor, "x", "[time, batch, InputSize] = [2, 4, 2] (16 elements), found 15")]
    [InlineData(16, 23, SequenceLayout.TimeMajor, "y", "[time, batch, OutputSize] = [2, 4, 3] (24 elements), found 23")]
    [InlineData(15, 24, SequenceLayout.BatchMajor, "x", "[batch, time, InputSize] = [4, 2, 2] (16 elements), found 15")]
    [InlineData(16, 25, SequenceLayout.BatchMajor, "y", "[batch, time, OutputSize] = [4, 2, 3]")]
    [InlineData(16, 24, (SequenceLayout)5, "layout", "TimeMajor, BatchMajor")]
    public void A_run_of_the_wrong_shape(int xLength, int yLength, SequenceLayout layout, string name, string text) =>
        Require(name, text, () => _session.Run(new float[xLength], new float[yLength], 2, layout));

    [Theory]
    [InlineData(0, "expected 1 to")]
    [InlineData(-1, "found -1")]
    [InlineData(int.MaxValue, "[time, batch * features]")]
    public void A_warm_up_of_an_impossible_time(int time, string text) =>
        Require("time", text, () => _session.Warmup(time));

    [Theory]
    [InlineData(-1, "expected 0 to")]
    [InlineData(int.MinValue, "found -2147483648")]
    public void A_negative_time(int time, string text) =>
        Require("time", text, () => _session.Run(new float[8], new float[12], time));

    [Fact]
    public void A_time_whose_shape_overflows() =>
        Require("x", "17179869176 elements", () => _session.Run(new float[8], new float[12], int.MaxValue));

    [Theory]
    [InlineData(new[] { 1, 2, 2 }, "[batch] = [4], found 3")]
    [InlineData(new[] { 1, 2, 2, 1, 1 }, "[batch] = [4], found 5")]
    [InlineData(new int[0], "[batch] = [4], found 0")]
    [InlineData(new[] { 1, 3, 2, 1 }, "lengths[1]: expected 0 to time = 2, found 3")]
    [InlineData(new[] { 1, 2, 2, -1 }, "lengths[3]: expected 0 to time = 2, found -1")]
    public void Lengths_that_do_not_fit(int[] lengths, string text) =>
        Require("lengths", text, () => _session.Run(new float[16], new float[24], 2, lengths));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(0, 7)]
    [InlineData(11, 0)]
    [InlineData(3, 0)]
    public void An_output_that_overlaps_the_input_even_partly(int xStart, int yStart)
    {
        float[] memory = new float[32];
        Require(
            "y", "overlap", () => _session.Step(memory.AsSpan(xStart, 8), memory.AsSpan(yStart, 12)));
        Require(
            "y", "overlap", () => _session.Run(memory.AsSpan(xStart, 8), memory.AsSpan(yStart, 12), 1));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(31)]
    [InlineData(45)]
    public void An_overlap_that_does_not_begin_at_an_element(int yStart)
    {
        byte[] memory = new byte[128];
        Require("y", "overlap", () => _session.Step(
            MemoryMarshal.Cast<byte, float>(memory.AsSpan(16, 32)),
            MemoryMarshal.Cast<byte, float>(memory.AsSpan(yStart, 48))));
        Require("y", "overlap", () => _session.Run(
            MemoryMarshal.Cast<byte, float>(memory.AsSpan(16, 32)),
            MemoryMarshal.Cast<byte, float>(memory.AsSpan(yStart, 48)),
            1));
        Require("y", "x itself or memory apart from it, found an overlap", () => ActivationFunctions.Apply(
            Activation.Tanh,
            MemoryMarshal.Cast<byte, float>(memory.AsSpan(16, 48)),
            MemoryMarshal.Cast<byte, float>(memory.AsSpan(yStart, 48))));
    }

    [Fact]
    public void Neighbours_in_memory_are_no_overlap()
    {
        using Session session = _model.OpenSession(Batch);
        float[] memory = new float[20];
        session.Step(memory.AsSpan(0, 8), memory.AsSpan(8, 12));
        session.Step(memory.AsSpan(12, 8), memory.AsSpan(0, 12));
    }

    [Fact]
    public void Rows_that_the_batch_has_not()
    {
        Require("firstRow", "expected 0 to 4, found -1", () => _session.Reset(-1, 1));
        Require("firstRow", "expected 0 to 4, found 5", () => _session.Reset(5, 0));
        Require("rowCount", "expected 0 to 2, found 3", () => _session.Reset(2, 3));
        Require("rowCount", "found -1", () => _session.Reset(2, -1));
        Require("rowCount", "expected 0 to 2", () => _session.SaveState(2, 3, new float[18]));
        Require("rowCount", "expected 0 to 2", () => _session.LoadState(2, 3, new float[18]));
        Require("states", "[1, 6] (6 elements), found 5", () => _session.SaveState(2, 1, new float[5]));
        Require("states", "[1, 6] (6 elements), found 7", () => _session.LoadState(2, 1, new float[7]));
        Require("states", "[4, 6] (24 elements), found 6", () => _session.SaveState(new float[6]));
        Require("states", "[4, 6] (24 elements), found 6", () => _session.LoadState(new float[6]));
    }

    [Fact]
    public void States_that_a_layer_has_not()
    {
        using RecurrentModel model = RecurrentModel.Create(
            new LayerCase { Cell = CellKind.Gru, Size = 3 }.Create(2, new RandomFloats(1)),
            new LayerCase { Cell = CellKind.Dense, Size = 1 }.Create(3, new RandomFloats(1)));
        using Session session = model.OpenSession();
        float[] state = new float[3];
        Require("layer", "expected 0 to 1, found 2", () => session.GetState(2, 0, 0, state));
        Require("layer", "found -1", () => session.SetState(-1, 0, 0, state));
        Require("layer", "found 1, a DenseLayer, which has none", () => session.GetState(1, 0, 0, state));
        Require("direction", "expected Forward", () => session.GetState(0, Direction.Reverse, 0, state));
        Require("direction", "found Bidirectional", () => session.GetState(0, Direction.Bidirectional, 0, state));
        Require("kind", "expected Hidden", () => session.GetState(0, 0, StateKind.Cell, state));
        Require("kind", "found 9", () => session.GetState(0, 0, (StateKind)9, state));
        Require(
            "state",
            "[batch, size] = [1, 3] (3 elements), found 2",
            () => session.GetState(0, 0, 0, state.AsSpan(1)));
        Require("state", "found 4", () => session.SetState(0, 0, 0, new float[4]));
    }

    [Fact]
    public void Models_that_are_none()
    {
        Require("layers", "1 to 1024 layers, found 0", () => RecurrentModel.Create());
        Assert.Throws<ArgumentNullException>("layers", () => RecurrentModel.Create((IReadOnlyList<Layer>)null!));
        Assert.Throws<ArgumentNullException>("layers[0]", () => RecurrentModel.Create([null!]));
        Layer layer = new LayerCase { Cell = CellKind.Gru, Size = 3 }.Create(2, new RandomFloats(1));
        Require("layers", "layers[1]: expected InputSize 3", () => RecurrentModel.Create(layer, layer));
        Require("layers", "found 1025", () => RecurrentModel.Create([.. Enumerable.Repeat(layer, 1025)]));
        Require("InstructionSet", "found 9", () => _ = new ModelOptions { InstructionSet = (InstructionSet)9 });
        Require("GemmProvider", "found 9", () => _ = new ModelOptions { GemmProvider = (GemmProvider)9 });
    }

    [Fact]
    public void Sessions_that_are_none()
    {
        Require("batch", "found -1", () => _model.OpenSession(-1));
        Require("Batch", "found -1", () => _ = new SessionOptions { Batch = -1 });
        Require("batch", "found [batch, InputSize] = [1073741824, 2]", () => _model.OpenSession(1 << 30));
        Require("Threads", "expected 1 to 256, found 0", () => _ = new SessionOptions { Threads = 0 });
        Require("Threads", "found 257", () => _ = new SessionOptions { Threads = 257 });
        Require("EmptyRow", "found 5", () => _ = new SessionOptions { EmptyRow = (EmptyRow)5 });
    }

    [Fact]
    public void A_reverse_direction_takes_whole_sequences_only()
    {
        using RecurrentModel model = Models.Lstm(Direction.Bidirectional);
        Assert.False(model.CanStep);
        using Session session = model.OpenSession();
        NotSupportedException step =
            Assert.Throws<NotSupportedException>(() => session.Step(new float[2], new float[6]));
        Assert.Contains("layer 0 has the direction Bidirectional", step.Message, StringComparison.Ordinal);
        float[] x = new RandomFloats(1).Inputs(6);
        float[] first = new float[18];
        session.Run(x, first, 3);
        float[] states = new float[model.StateSize];
        session.SaveState(states);

        NotSupportedException piece =
            Assert.Throws<NotSupportedException>(() => session.Run(x, new float[18], 3));
        Assert.Contains("layer 0 has the direction Bidirectional", piece.Message, StringComparison.Ordinal);
        float[] unchanged = new float[model.StateSize];
        session.SaveState(unchanged);
        Assert.Equal(states, unchanged);

        session.Reset();
        float[] second = new float[18];
        session.Run(x, second, 3);
        Assert.Equal(first, second);
        session.LoadState(states);
        session.Run(x, second, 3);
        session.SetState(0, Direction.Reverse, StateKind.Hidden, new float[3]);
        session.Run(x, second, 3);
    }

    [Fact]
    public void New_states_of_some_rows_begin_no_sequence_in_a_reverse_direction()
    {
        using RecurrentModel model = Models.Lstm(Direction.Reverse);
        using Session session = model.OpenSession(2);
        float[] x = new RandomFloats(1).Inputs(12);
        float[] y = new float[18];
        session.Run(x, y, 3);
        session.Reset(0, 0);
        Assert.Throws<NotSupportedException>(() => session.Run(x, y, 3));
        session.Reset(1, 1);
        Assert.Throws<NotSupportedException>(() => session.Run(x, y, 3));
        session.LoadState(0, 1, new float[6]);
        Assert.Throws<NotSupportedException>(() => session.Run(x, y, 3));
        session.LoadState(0, 2, new float[12]);
        session.Run(x, y, 3);
        session.Reset(0, 2);
        session.Run(x, y, 3);
    }

    [Fact]
    public void No_steps_or_no_rows_change_nothing()
    {
        _session.Run([], [], 0);
        _session.Run([], [], 0, [0, 0, 0, 0]);
        _session.Run([], [], 0, SequenceLayout.BatchMajor);
        using Session zeroes = _model.OpenSession(new SessionOptions { Batch = 1, EmptyRow = EmptyRow.ZeroesState });
        float[] one = [1, 1, 1, 1, 1, 1];
        zeroes.LoadState(one);
        zeroes.Run([], [], 0, [0]);
        float[] states = new float[6];
        zeroes.SaveState(states);
        Assert.Equal(one, states);

        using Session empty = _model.OpenSession(0);
        Assert.Equal(0, empty.Batch);
        empty.Step([], []);
        empty.Run([], [], 5);
        empty.Run([], [], 5, ReadOnlySpan<int>.Empty);
        empty.Reset();
        empty.SaveState([]);
        empty.LoadState([]);
        empty.GetState(0, Direction.Forward, StateKind.Cell, []);
        empty.SetState(0, Direction.Forward, StateKind.Cell, []);
    }

    [Fact]
    public void An_empty_output_of_a_run_means_that_only_the_state_matters()
    {
        float[] x = new RandomFloats(1).Inputs(3 * Batch * 2);
        using Session one = _model.OpenSession(Batch);
        using Session other = _model.OpenSession(Batch);
        one.Run(x, new float[3 * Batch * 3], 3);
        other.Run(x, [], 3);
        float[] expected = new float[_states.Length];
        float[] actual = new float[_states.Length];
        one.SaveState(expected);
        other.SaveState(actual);
        Assert.Equal(expected, actual);
    }

    [Theory]
    [MemberData(nameof(AllInstructionSets))]
    public void An_instruction_set_that_the_machine_has_not(InstructionSet isa)
    {
        Assert.SkipWhen(Machine.InstructionSets.Contains(isa), $"This machine has {isa} ({Machine.Processor}).");
        Assert.Throws<PlatformNotSupportedException>(
            () => RecurrentModel.Create(
                [new LayerCase { Cell = CellKind.Gru, Size = 3 }.Create(2, new RandomFloats(1))],
                new ModelOptions { InstructionSet = isa }));
    }

    [Fact]
    public void A_provider_that_the_machine_has_not()
    {
        Assert.SkipWhen(Machine.MklAvailable, "This machine has Intel MKL.");
        PlatformNotSupportedException exception = Assert.Throws<PlatformNotSupportedException>(
            () => RecurrentModel.Create(
                [new LayerCase { Cell = CellKind.Gru, Size = 3 }.Create(2, new RandomFloats(1))],
                new ModelOptions { GemmProvider = GemmProvider.Mkl }));
        Assert.StartsWith("GemmProvider: ", exception.Message, StringComparison.Ordinal);
    }

    private static void Require(string name, string text, Action action)
    {
        ArgumentException exception = Assert.ThrowsAny<ArgumentException>(action);
        Assert.Equal(name, exception.ParamName);
        Assert.Contains(text, exception.Message, StringComparison.Ordinal);
    }
}
