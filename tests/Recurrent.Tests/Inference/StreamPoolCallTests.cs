using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>What calls of a pool pass on, and what they refuse by which name.</summary>
public sealed class StreamPoolCallTests
{
    private const int Features = 3;
    private const int Words = 6;
    private const int Units = 9;

    [Fact]
    public void Lists_of_buffers_give_the_bits_of_sessions()
    {
        using RecurrentModel model = Named();
        using StreamPool pool = model.OpenPool(8);
        StreamId[] streams = [pool.Open(), pool.Open(), pool.Open()];
        Session[] sessions = [.. streams.Select(_ => model.OpenSession())];
        Random random = new(5);
        foreach (int[] steps in new int[][] { [2, 0, 3], [1, 1, 1], [4, 4, 4], [] })
        {
            int[] counts = steps.Length == 0 ? [1, 1, 1] : steps;
            int all = counts.Sum();
            float[] x = new RandomFloats(random.Next()).Inputs(all * Features);
            int[] words = [.. Enumerable.Range(0, all).Select(_ => random.Next(Words))];
            bool[] present = [.. Enumerable.Range(0, all).Select(i => i != 1)];
            float[] y = new float[all * Units];
            pool.Run(streams, steps, [("words", words), ("x", x)], [("y", y)], present);
            float[] expected = new float[y.Length];
            for (int i = 0, first = 0; i < streams.Length; first += counts[i++])
            {
                sessions[i].Run(
                    [("x", x[(first * Features)..((first + counts[i]) * Features)]), ("words", words[first..(first + counts[i])])],
                    [("y", expected.AsMemory(first * Units, counts[i] * Units))],
                    counts[i],
                    new SequenceMask { Present = present.AsSpan(first, counts[i]) });
            }

            Bits.RequireSame(expected, y, $"[{string.Join(", ", steps)}]", Units);
        }

        foreach (Session session in sessions)
        {
            session.Dispose();
        }
    }

    [Fact]
    public void Lists_of_buffers_are_refused_by_the_place_of_the_buffer()
    {
        using RecurrentModel model = Named();
        using StreamPool pool = model.OpenPool(2);
        StreamId[] streams = [pool.Open(), pool.Open()];
        float[] x = new float[2 * Features];
        int[] words = [1, 2];
        float[] y = new float[2 * Units];
        Refuse("inputs", [("x", x)], [("y", y)]);
        Refuse("inputs", [("x", x), ("other", words)], [("y", y)]);
        Refuse("inputs", [("x", x), ("x", x)], [("y", y)]);
        Refuse("outputs", [("x", x), ("words", words)], [("other", y)]);
        Refuse("outputs", [("x", x), ("words", words)], [("y", y), ("y", new float[2 * Units])]);
        // As floats the indices would all be 0.
        Refuse("inputs[1]", [("x", x), ("words", new float[2])], [("y", y)]);
        Refuse("inputs[0]", [("x", new int[2 * Features]), ("words", words)], [("y", y)]);
        foreach (int other in new[] { -1, 1 })
        {
            Refuse("inputs[0]", [("x", new float[(2 * Features) + other]), ("words", words)], [("y", y)]);
            Refuse("inputs[1]", [("x", x), ("words", new int[2 + other])], [("y", y)]);
            Refuse("outputs[0]", [("x", x), ("words", words)], [("y", new float[(2 * Units) + other])]);
        }

        Refuse("inputs", [("x", x), ("words", new[] { 1, Words })], [("y", y)]);
        Assert.Equal("streams", Assert.Throws<ArgumentException>(
            () => pool.Run([streams[0], default], [], [("x", x), ("words", words)], [("y", y)])).ParamName);
        Assert.Equal("steps", Assert.Throws<ArgumentException>(
            () => pool.Run(streams, [1], [("x", x), ("words", words)], [("y", y)])).ParamName);
        Assert.Equal("present", Assert.Throws<ArgumentException>(
            () => pool.Run(streams, [], [("x", x), ("words", words)], [("y", y)], [true])).ParamName);
        // Outputs may be left out.
        pool.Run(streams, [], [("x", x), ("words", words)], []);

        void Refuse(string name, InputBuffer<float>[] inputs, OutputBuffer<float>[] outputs)
        {
            ArgumentException error = Assert.Throws<ArgumentException>(() => pool.Run(streams, [], inputs, outputs));
            Assert.Equal(name, error.ParamName);
        }
    }

    [Fact]
    public void Lists_of_buffers_allocate_nothing()
    {
        using RecurrentModel model = Named();
        using StreamPool pool = model.OpenPool(2);
        StreamId[] streams = [pool.Open(), pool.Open()];
        InputBuffer<float>[] inputs = [("x", new float[2 * Features]), ("words", new int[2])];
        OutputBuffer<float>[] outputs = [("y", new float[2 * Units])];
        pool.Run(streams, [], inputs, outputs);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            pool.Run(streams, [], inputs, outputs);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void Indices_give_the_bits_of_sessions()
    {
        using RecurrentModel model = OfWords();
        using StreamPool pool = model.OpenPool(2);
        StreamId[] streams = [pool.Open(), pool.Open()];
        using Session first = model.OpenSession();
        using Session second = model.OpenSession();
        int[] words = [1, 2, 3, 4, 5];
        bool[] present = [true, false, true, true, false];
        float[] y = new float[5 * Units];
        float[] expected = new float[5 * Units];
        pool.RunIndices(streams, [2, 3], words, y, present);
        first.RunIndices(words.AsSpan(0, 2), expected.AsSpan(0, 2 * Units), 2, new SequenceMask { Present = present.AsSpan(0, 2) });
        second.RunIndices(words.AsSpan(2), expected.AsSpan(2 * Units), 3, new SequenceMask { Present = present.AsSpan(2) });
        Bits.RequireSame(expected, y, "run", Units);
        pool.StepIndices(streams, words.AsSpan(0, 2), y.AsSpan(0, 2 * Units));
        first.StepIndices(words.AsSpan(0, 1), expected.AsSpan(0, Units));
        second.StepIndices(words.AsSpan(1, 1), expected.AsSpan(Units, Units));
        Bits.RequireSame(expected.AsSpan(0, 2 * Units), y.AsSpan(0, 2 * Units), "step", Units);
    }

    [Fact]
    public void What_is_too_long_is_refused_too()
    {
        using RecurrentModel words = OfWords();
        using RecurrentModel model = Plain();
        using StreamPool pool = model.OpenPool(2);
        using StreamPool other = words.OpenPool(2);
        StreamId[] streams = [pool.Open(), pool.Open()];
        StreamId[] others = [other.Open(), other.Open()];
        float[] y = new float[2 * Units];
        Refuse("x", () => pool.Run(streams, [], new float[(2 * Features) + 1], y));
        Refuse("indices", () => other.RunIndices(others, [1, 1], [1, 2, 3], y));
        Refuse("present", () => other.RunIndices(others, [1, 1], [1, 2], y, [true, true, true]));
        // Outputs may be left out, steps too.
        float[] x = new RandomFloats(1).Inputs(2 * Features);
        pool.Step(streams, x, []);
        float[] states = new float[2 * model.StateSize];
        pool.SaveState(streams, states);
        Assert.NotEqual(new float[states.Length], states);
        pool.Step([], [], []);
        pool.Run([], [], [], []);
        pool.Run(streams, [0, 0], [], []);
        float[] same = new float[states.Length];
        pool.SaveState(streams, same);
        Assert.Equal(states, same);
    }

    [Fact]
    public void Closing_resetting_saving_and_loading_refuse_by_name()
    {
        using RecurrentModel model = Plain();
        using StreamPool pool = model.OpenPool(3);
        StreamId[] streams = [pool.Open(), pool.Open()];
        StreamId closed = pool.Open();
        pool.Close(closed);
        float[] states = new float[2 * model.StateSize];
        Refuse("streams", () => pool.Close(closed));
        Refuse("streams", () => pool.Reset(closed));
        Refuse("streams", () => pool.Reset([streams[0], streams[0]]));
        Refuse("streams", () => pool.SaveState([streams[0], closed], states));
        Refuse("streams", () => pool.LoadState([streams[0], closed], states));
        foreach (int length in new[] { states.Length - 1, states.Length + 1 })
        {
            Refuse("states", () => pool.SaveState(streams, new float[length]));
            Refuse("states", () => pool.LoadState(streams, new float[length]));
        }

        pool.Step(streams, new RandomFloats(1).Inputs(2 * Features), new float[2 * Units]);
        pool.Reset(streams);
        pool.SaveState(streams, states);
        Assert.Equal(new float[states.Length], states);
    }

    [Fact]
    public void It_tells_what_it_is()
    {
        using RecurrentModel model = Plain();
        using StreamPool pool = model.OpenPool(100);
        Assert.Equal(100, pool.Capacity);
        Assert.Equal(0, pool.Count);
        Assert.Equal(model.StateSize, pool.StateSize);
        Assert.InRange(pool.MemoryBytes, 100L * model.StateSize * sizeof(float), 100L * 1024);
    }

    private static void Refuse(string name, Action call) =>
        Assert.Equal(name, Assert.Throws<ArgumentException>(call).ParamName);

    private static RecurrentModel Plain() =>
        RecurrentModel.Create(new LayerCase { Cell = CellKind.Lstm, Size = Units }.Create(Features, new RandomFloats(1)));

    private static EmbeddingLayer Table() => new(
        new EmbeddingSpecification { InputSize = Words, OutputSize = 4 }, new RandomFloats(3).Inputs(Words * 4));

    private static RecurrentModel OfWords() => RecurrentModel.Create(new ModelDefinition(
        [Table(), new LayerCase { Cell = CellKind.Gru, Size = Units }.Create(4, new RandomFloats(2))],
        masking: new Masking { Output = MissingOutput.Zero }));

    private static RecurrentModel Named() => RecurrentModel.Create(new ModelDefinition(
        [new ModelInput("x", ValueKind.Sequence, Features), new ModelInput("words", ValueKind.Indices, Words)],
        [
            new LayerNode(Table(), 1),
            new LayerNode(new ConcatenationLayer(Features + 4), 0, 2),
            new LayerNode(new LayerCase { Cell = CellKind.Lstm, Size = Units }.Create(Features + 4, new RandomFloats(2)), 3),
        ],
        [new NamedOutput("y", 4)],
        new Masking { Value = 77, Output = MissingOutput.Zero }));
}
