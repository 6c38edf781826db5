using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>States saved, restored, moved and reset.</summary>
public sealed class StateTests
{
    private static readonly SequenceData Data = new(new SequenceCase
    {
        Seed = 8,
        InputSize = 3,
        Batch = 4,
        Time = 5,
        InitialState = true,
        Layers =
        [
            new LayerCase { Cell = CellKind.Lstm, Size = 7, Projection = 2, Direction = Direction.Bidirectional },
            new LayerCase { Cell = CellKind.Dense, Size = 3 },
            new LayerCase { Cell = CellKind.GruResetBefore, Size = 5 },
        ],
    });

    [Fact]
    public void Saved_rows_have_layers_then_directions_then_hidden_before_cell()
    {
        using RecurrentModel model = RecurrentModel.Create(Data.Layers);
        Assert.Equal(2 * (2 + 7) + 5, model.StateSize);
        using Session session = Data.OpenSession(model);
        ReferenceSession<float> reference = Data.Reference.OpenSession(4);
        reference.LoadState(Data.States);
        int start = 0;
        foreach ((int layer, Direction direction, StateKind kind, int size) in new[]
        {
            (0, Direction.Forward, StateKind.Hidden, 2),
            (0, Direction.Forward, StateKind.Cell, 7),
            (0, Direction.Reverse, StateKind.Hidden, 2),
            (0, Direction.Reverse, StateKind.Cell, 7),
            (2, Direction.Forward, StateKind.Hidden, 5),
        })
        {
            float[] expected = [.. Enumerable.Range(0, 4).SelectMany(row =>
                Data.States!.Skip((row * model.StateSize) + start).Take(size))];
            float[] state = new float[4 * size];
            session.GetState(layer, direction, kind, state);
            Assert.Equal(expected, state);
            reference.GetState(layer, direction, kind, state);
            Assert.Equal(expected, state);
            start += size;
        }
    }

    [Fact]
    public void Setting_each_state_equals_loading_them_all()
    {
        using RecurrentModel model = RecurrentModel.Create(Data.Layers);
        using Session loaded = Data.OpenSession(model);
        using Session set = model.OpenSession(4);
        ReferenceSession<float> reference = Data.Reference.OpenSession(4);
        foreach ((int layer, Direction direction, StateKind kind, int size) in new[]
        {
            (0, Direction.Forward, StateKind.Hidden, 2),
            (0, Direction.Forward, StateKind.Cell, 7),
            (0, Direction.Reverse, StateKind.Hidden, 2),
            (0, Direction.Reverse, StateKind.Cell, 7),
            (2, Direction.Forward, StateKind.Hidden, 5),
        })
        {
            float[] state = new float[4 * size];
            loaded.GetState(layer, direction, kind, state);
            set.SetState(layer, direction, kind, state);
            reference.SetState(layer, direction, kind, state);
        }

        Assert.Equal(Data.States, Data.StatesOf(set));
        float[] states = new float[Data.States!.Length];
        reference.SaveState(states);
        Assert.Equal(Data.States, states);
        Data.RequireSame(Data.RunReference(), new Outcome(Data.RunNative(set), Data.StatesOf(set)), "set states");
    }

    [Fact]
    public void Rows_move_to_other_places_and_sessions()
    {
        using RecurrentModel model = RecurrentModel.Create(Data.Layers);
        using Session from = Data.OpenSession(model);
        using Session to = model.OpenSession(6);
        float[] two = new float[2 * model.StateSize];
        from.SaveState(1, 2, two);
        to.LoadState(3, 2, two);
        float[] all = new float[6 * model.StateSize];
        to.SaveState(all);
        float[] nothing = new float[3 * model.StateSize];
        Assert.Equal([.. nothing, .. two, .. nothing[..model.StateSize]], all);
    }

    [Fact]
    public void Reset_clears_the_rows_that_were_named_and_no_others()
    {
        using RecurrentModel model = RecurrentModel.Create(Data.Layers);
        using Session session = Data.OpenSession(model);
        session.Reset(1, 2);
        float[] expected = (float[])Data.States!.Clone();
        Array.Clear(expected, model.StateSize, 2 * model.StateSize);
        Assert.Equal(expected, Data.StatesOf(session));
        session.Reset();
        Assert.All(Data.StatesOf(session), state => Assert.Equal(0, state));
    }

    [Fact]
    public void A_saved_state_continues_on_another_instruction_set()
    {
        SequenceData data = new(Data.Case with
        {
            Layers = [new LayerCase { Cell = CellKind.Lstm, Size = 21 }],
            Time = 8,
        });
        float[]? expected = null;
        foreach (InstructionSet isa in Machine.InstructionSets)
        {
            using RecurrentModel first = RecurrentModel.Create(data.Layers, new ModelOptions { InstructionSet = isa });
            using RecurrentModel second = RecurrentModel.Create(
                data.Layers, new ModelOptions { InstructionSet = InstructionSet.Scalar });
            using Session start = data.OpenSession(first);
            using Session end = second.OpenSession(4);
            data.SelectSteps(0, 5).RunNative(start);
            end.LoadState(data.StatesOf(start));
            float[] y = data.SelectSteps(5, 3).RunNative(end);
            expected ??= y;
            Assert.Equal(expected, y);
        }
    }

    [Fact]
    public void A_row_of_length_zero_keeps_or_loses_its_state_as_asked()
    {
        foreach (EmptyRow emptyRow in Enum.GetValues<EmptyRow>())
        {
            using RecurrentModel model = RecurrentModel.Create(Data.Layers);
            using Session session = model.OpenSession(new SessionOptions { Batch = 4, EmptyRow = emptyRow });
            session.LoadState(Data.States);
            session.Run(Data.X, new float[5 * 4 * 5], 5, [5, 0, 2, 0]);
            float[] states = Data.StatesOf(session);
            foreach (int row in new[] { 1, 3 })
            {
                float[] expected = emptyRow == EmptyRow.KeepsState
                    ? Data.StatesOf(Data.States!, row).ToArray()
                    : new float[model.StateSize];
                Assert.Equal(expected, Data.StatesOf(states, row).ToArray());
            }
        }
    }

    [Theory]
    [InlineData(Direction.Forward, 1)]
    [InlineData(Direction.Forward, 7)]
    [InlineData(Direction.Bidirectional, 7)]
    public void A_warm_up_leaves_the_states_and_the_results_as_they_were(Direction direction, int threads)
    {
        using RecurrentModel model = Models.Lstm(direction);
        SessionOptions options = new() { Batch = 3, Threads = threads };
        using Session cold = model.OpenSession(options);
        using Session warm = model.OpenSession(options);
        float[] states = new RandomFloats(4).States(3 * model.StateSize);
        cold.LoadState(states);
        warm.LoadState(states);
        warm.Warmup();
        warm.Warmup(9);
        float[] after = new float[states.Length];
        warm.SaveState(after);
        Assert.Equal(states, after);
        float[] x = new RandomFloats(5).Inputs(9 * 3 * model.InputSize);
        float[] expected = new float[9 * 3 * model.OutputSize];
        float[] actual = new float[expected.Length];
        cold.Run(x, expected, 9);
        warm.Run(x, actual, 9);
        Bits.RequireSame(expected, actual, "after a warm-up", model.OutputSize);
    }
}
