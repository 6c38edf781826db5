namespace Recurrent.Stores.Tests;

/// <summary>What holds of every store.</summary>
public abstract class StoreContract
{
    private static readonly string[] OddKeys =
    [
        "a", "A", "ä", "a\u0308", "\u00e4 ", " ", "  ", ".", "..", "../up", "/", "\\", "a/b", "a\\b", "a:b", "a*?<>|\"b", "con", "CON",
        "nul", "NUL.state", "com1", "lpt9", "a.", "a ", "\0", "a\0b", "\n", "\r\n", "\u001b[31m", "%41", "%", "{a}", "{a}b", "'; drop table x; --",
        "\ud83d\ude00", "\u202e", "\ufeff", "\ufffd", "\u2028", "key\u00a0", "KEY", "Key", "lock", "state",
        "0123456789abcdef.partial", "*", "[a]", "$1", "@a", "~", "-", "--help", "null", "true", "1", "01", "1.0",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_state_is_read_as_it_was_written()
    {
        IStreamStore store = await OpenAsync();
        Assert.Null(await store.ReadAsync("a", Token));
        Assert.Equal([StoreOutcome.Written], await Write(store, ("a", 3, Bytes(1, 100))));
        Assert.Equal(Bytes(1, 100), await store.ReadAsync("a", Token));
        Assert.Null(await store.ReadAsync("b", Token));
    }

    [Fact]
    public async Task A_state_replaces_one_with_a_smaller_number_alone()
    {
        IStreamStore store = await OpenAsync();
        Assert.Equal([StoreOutcome.Written], await Write(store, ("a", 0, Bytes(1))));
        Assert.Equal([StoreOutcome.Unchanged], await Write(store, ("a", 0, Bytes(2))));
        Assert.Equal(Bytes(1), await store.ReadAsync("a", Token));
        Assert.Equal([StoreOutcome.Written], await Write(store, ("a", 5, Bytes(3))));
        Assert.Equal([StoreOutcome.Fenced], await Write(store, ("a", 4, Bytes(4))));
        Assert.Equal([StoreOutcome.Unchanged], await Write(store, ("a", 5, Bytes(5))));
        Assert.Equal(Bytes(3), await store.ReadAsync("a", Token));
        Assert.Equal([StoreOutcome.Written], await Write(store, ("a", 6, Bytes(6))));
        Assert.Equal(Bytes(6), await store.ReadAsync("a", Token));
    }

    /// <summary>Numbers are compared as numbers of 64 bits, not as texts or as doubles.</summary>
    [Fact]
    public async Task Large_numbers_are_compared_exactly()
    {
        IStreamStore store = await OpenAsync();
        long[] numbers = [9, 10, 99, 100, 1L << 32, (1L << 53) - 1, 1L << 53, (1L << 53) + 1, (1L << 53) + 2, long.MaxValue - 1, long.MaxValue];
        foreach (long number in numbers)
        {
            Assert.Equal([StoreOutcome.Written], await Write(store, ("a", number, Bytes((int)number))));
            Assert.Equal([StoreOutcome.Unchanged], await Write(store, ("a", number, Bytes(0))));
            Assert.Equal([StoreOutcome.Fenced], await Write(store, ("a", number - 1, Bytes(0))));
            Assert.Equal(Bytes((int)number), await store.ReadAsync("a", Token));
        }
    }

    [Fact]
    public async Task Each_state_of_a_batch_has_its_own_outcome()
    {
        IStreamStore store = await OpenAsync();
        Assert.Equal([StoreOutcome.Written, StoreOutcome.Written], await Write(store, ("a", 5, Bytes(1)), ("b", 5, Bytes(2))));
        Assert.Equal(
            [StoreOutcome.Fenced, StoreOutcome.Written, StoreOutcome.Unchanged, StoreOutcome.Written],
            await Write(store, ("a", 4, Bytes(3)), ("c", 0, Bytes(4)), ("b", 5, Bytes(5)), ("d", 9, Bytes(6))));
        Assert.Equal(Bytes(1), await store.ReadAsync("a", Token));
        Assert.Equal(Bytes(2), await store.ReadAsync("b", Token));
        Assert.Equal(Bytes(4), await store.ReadAsync("c", Token));
        Assert.Equal(Bytes(6), await store.ReadAsync("d", Token));
    }

    [Fact]
    public async Task A_forgotten_stream_may_begin_with_any_number()
    {
        IStreamStore store = await OpenAsync();
        Assert.False(await store.RemoveAsync("a", Token));
        await Write(store, ("a", 5, Bytes(1)), ("b", 5, Bytes(2)));
        Assert.True(await store.RemoveAsync("a", Token));
        Assert.False(await store.RemoveAsync("a", Token));
        Assert.Null(await store.ReadAsync("a", Token));
        Assert.Equal(Bytes(2), await store.ReadAsync("b", Token));
        Assert.Equal([StoreOutcome.Written], await Write(store, ("a", 1, Bytes(3))));
        Assert.Equal(Bytes(3), await store.ReadAsync("a", Token));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(5000)]
    public async Task Batches_of_any_size_are_written_whole(int count)
    {
        IStreamStore store = await OpenAsync();
        Random random = new(count);
        byte[][] bytes = [.. Enumerable.Range(0, count).Select(i => Bytes(i, random.Next(600)))];
        Assert.All(await Write(store, [.. bytes.Select((state, i) => ($"key {i}", (long)i, state))]), outcome => Assert.Equal(StoreOutcome.Written, outcome));

        // Every third one is newer.
        StoreOutcome[] again = await Write(store, [.. bytes.Select((_, i) => ($"key {i}", (long)i + (i % 3 == 0 ? 1 : 0), Bytes(-i, 20)))]);
        for (int i = 0; i < count; i++)
        {
            Assert.Equal(i % 3 == 0 ? StoreOutcome.Written : StoreOutcome.Unchanged, again[i]);
            if (i < 300 || i > count - 10)
            {
                Assert.Equal(i % 3 == 0 ? Bytes(-i, 20) : bytes[i], await store.ReadAsync($"key {i}", Token));
            }
        }
    }

    [Fact]
    public async Task Keys_are_texts_of_any_characters_and_none_is_another_one()
    {
        IStreamStore store = await OpenAsync();
        string[] keys = [.. OddKeys, new string('x', 256), new string('x', 255), new string('\u20ac', 256), .. Enumerable.Range(1, 31).Select(c => $"<{(char)c}>")];
        Assert.Equal(keys.Length, keys.Distinct(StringComparer.Ordinal).Count());
        await Write(store, [.. keys.Select((key, i) => (key, (long)i, Bytes(i)))]);
        for (int i = 0; i < keys.Length; i++)
        {
            Assert.Equal(Bytes(i), await store.ReadAsync(keys[i], Token));
        }

        for (int i = 0; i < keys.Length; i++)
        {
            Assert.True(await store.RemoveAsync(keys[i], Token), keys[i]);
            Assert.Null(await store.ReadAsync(keys[i], Token));
        }
    }

    [Fact]
    public async Task Bad_arguments_are_refused_with_nothing_written()
    {
        IStreamStore store = await OpenAsync();
        foreach (string key in new[] { "", new string('x', 257), "\ud800", "a\udc00b" })
        {
            await Refused("key", () => store.ReadAsync(key, Token).AsTask());
            await Refused("key", () => store.RemoveAsync(key, Token).AsTask());
            await Refused("states[1].Key", () => Write(store, ("a", 1, Bytes(1)), (key, 1, Bytes(1))));
        }

        await Assert.ThrowsAsync<ArgumentNullException>(() => store.ReadAsync(null!, Token).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => store.RemoveAsync(null!, Token).AsTask());
        await Assert.ThrowsAsync<ArgumentNullException>(() => Write(store, ("a", 1, Bytes(1)), (null!, 1, Bytes(1))));
        await Refused("states", () => Write(store));
        await Refused("states", () => Write(store, ("a", 1, Bytes(1)), ("b", 1, Bytes(1)), ("a", 2, Bytes(1))));
        await Refused("states", () => Write(store, ("a", 1, Bytes(1)), ("b", -1, Bytes(1))));
        await Refused("outcomes", () => store.WriteAsync(new StoredState[] { new("a", 1, Bytes(1)) }, new StoreOutcome[2], Token).AsTask());
        Assert.Null(await store.ReadAsync("a", Token));

        static async Task Refused(string name, Func<Task> call) => Assert.Equal(
            name, (await Assert.ThrowsAnyAsync<ArgumentException>(call)).ParamName);
    }

    [Fact]
    public async Task States_of_any_length_are_taken()
    {
        IStreamStore store = await OpenAsync();
        int[] lengths = [0, 1, 63, 64, 65, 4096, 1_000_003, 20_000_000];
        for (int i = 0; i < lengths.Length; i++)
        {
            byte[] bytes = Bytes(i, lengths[i]);
            await Write(store, ("a", i, bytes), ($"b{i}", i, bytes));
            byte[]? replaced = await store.ReadAsync("a", Token);
            byte[]? added = await store.ReadAsync($"b{i}", Token);
            Assert.NotNull(replaced);
            Assert.NotNull(added);
            Assert.True(bytes.AsSpan().SequenceEqual(replaced), $"{lengths[i]} bytes");
            Assert.True(bytes.AsSpan().SequenceEqual(added), $"{lengths[i]} bytes");
        }
    }

    [Fact]
    public async Task The_memory_of_a_call_is_the_callers_again_when_it_ends()
    {
        IStreamStore store = await OpenAsync();
        StoredState[] states = new StoredState[300];
        byte[] memory = new byte[states.Length * 16];
        StoreOutcome[] outcomes = new StoreOutcome[states.Length];
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < states.Length; i++)
            {
                memory.AsSpan(i * 16, 16).Fill((byte)(round + i));
                states[i] = new StoredState($"{i}", round, memory.AsMemory(i * 16, 16));
            }

            await store.WriteAsync(states, outcomes, Token);
            Array.Fill(memory, (byte)0xee);
            for (int i = 0; i < states.Length; i += 37)
            {
                Assert.Equal(Enumerable.Repeat((byte)(round + i), 16), await store.ReadAsync($"{i}", Token));
            }
        }

        byte[] read = (await store.ReadAsync("0", Token))!;
        Array.Clear(read);
        Assert.NotEqual(read, await store.ReadAsync("0", Token));
    }

    [Fact]
    public async Task A_call_that_was_given_up_ends_as_such()
    {
        IStreamStore store = await OpenAsync();
        CancellationToken given = new(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.ReadAsync("a", given).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.RemoveAsync("a", given).AsTask());
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => store.WriteAsync(new StoredState[] { new("a", 1, Bytes(1)) }, new StoreOutcome[1], given).AsTask());
        Assert.Null(await store.ReadAsync("a", Token));
        Assert.Equal([StoreOutcome.Written], await Write(store, ("a", 1, Bytes(1))));
    }

    /// <summary>Two owners of the same streams, both through a store of their own where there can be two.</summary>
    [Fact]
    public async Task Of_several_writers_of_a_key_each_number_is_written_at_most_once_and_the_largest_stays()
    {
        const int Keys = 8;
        const int Numbers = 60;
        IStreamStore[] stores = [await OpenAsync(), await OpenAsync(), await OpenAsync(), await OpenAsync()];
        int[][] written = [.. Enumerable.Range(0, Keys).Select(_ => new int[Numbers])];
        await Task.WhenAll(stores.Select((store, writer) => Task.Run(
            async () =>
            {
                Random random = new(writer);
                StoreOutcome[] outcomes = new StoreOutcome[Keys];
                for (int number = 0; number < Numbers; number += random.Next(1, 3))
                {
                    // In an order of its own.
                    int[] order = [.. Enumerable.Range(0, Keys)];
                    random.Shuffle(order);
                    StoredState[] states = [.. order.Select(key => new StoredState($"k{key}", number, Bytes((number * 10) + writer, 50)))];
                    await store.WriteAsync(states, outcomes, Token);
                    for (int i = 0; i < Keys; i++)
                    {
                        if (outcomes[i] == StoreOutcome.Written)
                        {
                            Interlocked.Increment(ref written[order[i]][number]);
                        }
                    }

                    Assert.NotNull(await store.ReadAsync($"k{random.Next(Keys)}", Token));
                }
            },
            Token)));
        for (int key = 0; key < Keys; key++)
        {
            Assert.All(written[key], count => Assert.InRange(count, 0, 1));
            int last = Array.FindLastIndex(written[key], count => count == 1);
            byte[] state = (await stores[0].ReadAsync($"k{key}", Token))!;
            Assert.Contains(state, Enumerable.Range(0, 4).Select(writer => Bytes((last * 10) + writer, 50)));
            Assert.Equal([StoreOutcome.Unchanged], await Write(stores[1], ($"k{key}", last, Bytes(0))));
        }
    }

    /// <summary>Whatever the order in which a store does both, a write says what became of its state.</summary>
    [Fact]
    public async Task Streams_may_be_forgotten_while_they_are_written()
    {
        IStreamStore store = await OpenAsync();
        IStreamStore other = await OpenAsync();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(Token);
        Task remover = Task.Run(
            async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    await other.RemoveAsync("a", Token);
                }
            },
            Token);
        for (int round = 0; round < 300; round++)
        {
            // The largest one of all first, so that the others meet it or nothing.
            StoreOutcome[] outcomes = await Write(store, ("a", round % 3 == 0 ? 2000 : 1000 + round, Bytes(round)));
            Assert.Contains(outcomes[0], Enum.GetValues<StoreOutcome>());
        }

        await end.CancelAsync();
        await remover;
        await store.RemoveAsync("a", Token);
        Assert.Equal([StoreOutcome.Written], await Write(store, ("a", 1, Bytes(1))));
    }

    /// <summary>Opens the store of a test; once more, another one of the same states.</summary>
    protected abstract Task<IStreamStore> OpenAsync();

    protected static async Task<StoreOutcome[]> Write(IStreamStore store, params (string Key, long Sequence, byte[] State)[] states)
    {
        StoreOutcome[] outcomes = new StoreOutcome[states.Length];
        // What is not written must be seen.
        Array.Fill(outcomes, (StoreOutcome)99);
        await store.WriteAsync(
            Array.ConvertAll(states, state => new StoredState(state.Key, state.Sequence, state.State)), outcomes, Token);
        return outcomes;
    }

    /// <summary>Bytes that no other number has.</summary>
    protected static byte[] Bytes(int number, int length = 24)
    {
        byte[] bytes = new byte[length];
        new Random(number).NextBytes(bytes);
        return bytes;
    }
}
