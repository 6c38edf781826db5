using System.Buffers.Binary;
using System.Numerics;
using Recurrent.Files;
using Recurrent.Layers;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Inference;

/// <summary>States as bytes: what they are, what is refused, and that streams go on from them.</summary>
public sealed class StreamStateTests
{
    private static readonly StateFingerprints Known = new(0x1122334455667788, 0x99aabbccddeeff00, 0x0123456789abcdef);

    private static readonly float[] Floats = [1.5f, -0f, float.NaN, float.PositiveInfinity];

    [Fact]
    public void The_checksum_is_that_of_RFC_3720() => Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));

    /// <summary>Bytes that lie in stores already.</summary>
    [Fact]
    public void The_bytes_are_the_documented_ones()
    {
        byte[] bytes = Write(Known, 0x0102030405060708, Floats);
        Assert.Equal(
            "895253540D0A1A0A" + "01000000" + "00000000" + "5000000000000000" + "0807060504030201"
            + "8877665544332211" + "00FFEEDDCCBBAA99" + "EFCDAB8967452301" + "04000000" + "AF5AD2AD"
            + "0000C03F" + "00000080" + "0000C0FF" + "0000807F",
            Convert.ToHexString(bytes));
        Assert.Equal(StreamState.HeaderSize, StreamState.SizeOf(0));
        Assert.Equal(bytes.Length, StreamState.SizeOf(4));
    }

    [Fact]
    public void What_was_written_is_read()
    {
        foreach (int size in new[] { 0, 1, 2, 3, 1000 })
        {
            float[] state = new RandomFloats(size, special: true).Inputs(size);
            foreach (long sequence in new[] { 0, 1, long.MaxValue })
            {
                byte[] bytes = Write(Known, sequence, state);
                float[] read = new float[size];
                Assert.Equal(sequence, StreamState.Read(bytes, Known, read));
                Assert.Equal(Bits(state), Bits(read));
                Assert.Equal(new StreamStateHeader(Known, sequence, size), StreamState.ReadHeader(bytes));
                Assert.True(StreamState.TryReadHeader(bytes, out StreamStateHeader header));
                Assert.Equal(new StreamStateHeader(Known, sequence, size), header);
            }
        }
    }

    [Fact]
    public void Every_damaged_byte_is_refused_and_the_floats_stay()
    {
        byte[] bytes = Write(Known, 7, Floats);
        for (int at = 0; at < bytes.Length; at++)
        {
            for (int change = 1; change < 256; change++)
            {
                byte[] damaged = [.. bytes];
                damaged[at] ^= (byte)change;
                RequireRefused(damaged);
            }
        }
    }

    [Fact]
    public void Every_cut_and_everything_longer_is_refused()
    {
        byte[] bytes = Write(Known, 7, Floats);
        for (int length = 0; length < bytes.Length; length++)
        {
            RequireRefused(bytes[..length]);
        }

        RequireRefused([.. bytes, 0]);
        RequireRefused([.. bytes, .. bytes]);
        RequireRefused([.. bytes, .. new byte[4]]);
        RequireRefused(bytes[1..]);

        // Also by somebody who gives them a checksum that is right.
        RequireRefused(Sealed([.. bytes, .. new byte[4]]));
        RequireRefused(Sealed(bytes[..^4]));
    }

    [Fact]
    public void Random_bytes_are_refused()
    {
        Random random = new(1);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = new byte[random.Next(200)];
            random.NextBytes(bytes);
            if (i % 2 == 0)
            {
                Write(Known, 7, Floats).AsSpan(0, Math.Min(bytes.Length, random.Next(64))).CopyTo(bytes);
            }

            RequireRefused(bytes);
        }
    }

    [Fact]
    public void Another_version_is_named_though_its_checksum_may_be_elsewhere()
    {
        byte[] bytes = Write(Known, 7, Floats);
        bytes[8] = 2;
        Assert.Contains("version 2, expected 1", RequireRefused(bytes), StringComparison.Ordinal);
        Assert.Contains("version 2, expected 1", RequireRefused(Sealed(bytes)), StringComparison.Ordinal);
    }

    /// <summary>With a checksum that is right, as somebody would write who means it.</summary>
    [Theory]
    [InlineData(24 + 7, 0x80, "steps")]
    [InlineData(12, 1, "reserved")]
    [InlineData(56, 5, "floats")]
    [InlineData(56, 3, "floats")]
    [InlineData(56 + 3, 0x80, "floats")]
    [InlineData(56 + 3, 0x7f, "floats")]
    public void Contradictions_are_refused(int at, byte value, string named)
    {
        byte[] bytes = Write(Known, 7, Floats);
        bytes[at] = value;
        Assert.Contains(named, RequireRefused(Sealed(bytes)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_state_of_another_model_needs_to_be_asked_for_and_one_of_another_layout_is_never_taken()
    {
        byte[] bytes = Write(Known, 7, Floats);
        float[] state = new float[4];
        StateFingerprints[] fitting = [Known with { Model = 1 }, Known with { WeightFormat = 1 }, Known with { Model = 1, WeightFormat = 1 }];
        foreach (StateFingerprints other in fitting)
        {
            Assert.Contains("Layout takes it all the same", RequireRefused(bytes, other, StateMatch.Model), StringComparison.Ordinal);
            Assert.Equal(7, StreamState.Read(bytes, other, state, StateMatch.Layout));
            Assert.Equal(Bits(Floats), Bits(state));
        }

        foreach (StateMatch match in Enum.GetValues<StateMatch>())
        {
            Assert.Contains(
                "other layers that have states",
                RequireRefused(bytes, Known with { Layout = 1 }, match),
                StringComparison.Ordinal);
        }

        Assert.Contains("another model", RequireRefused(bytes, fitting[0], StateMatch.Model), StringComparison.Ordinal);
        Assert.Contains("format of weights", RequireRefused(bytes, fitting[1], StateMatch.Model), StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_are_checked()
    {
        Assert.Equal("stateSize", Assert.Throws<ArgumentOutOfRangeException>(() => StreamState.SizeOf(-1)).ParamName);
        Assert.Equal("stateSize", Assert.Throws<ArgumentOutOfRangeException>(() => StreamState.SizeOf(int.MaxValue / 4)).ParamName);
        Assert.Equal(
            "sequence",
            Assert.Throws<ArgumentOutOfRangeException>(() => StreamState.Write(Known, -1, Floats, new byte[80])).ParamName);
        foreach (int length in new[] { 0, 79, 81 })
        {
            byte[] destination = new byte[length];
            Assert.Equal(
                "destination",
                Assert.Throws<ArgumentException>(() => StreamState.Write(Known, 1, Floats, destination)).ParamName);
            Assert.All(destination, value => Assert.Equal(0, value));
        }

        Assert.Equal(
            "match",
            Assert.Throws<ArgumentOutOfRangeException>(
                () => StreamState.Read(Write(Known, 1, Floats), Known, new float[4], (StateMatch)2)).ParamName);
        StreamStateException error = Assert.Throws<StreamStateException>(
            () => StreamState.Read(Write(Known, 1, Floats), Known, new float[3]));
        Assert.Equal("state: expected 4 floats, as many as the state has, found 3.", error.Message);
        Assert.False(StreamState.TryReadHeader([], out StreamStateHeader header));
        Assert.Equal(default, header);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        byte[] bytes = Write(Known, 7, Floats);
        float[] state = new float[4];
        StreamState.Read(bytes, Known, state);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            StreamState.Write(Known, i, state, bytes);
            StreamState.Read(bytes, Known, state);
            StreamState.TryReadHeader(bytes, out _);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    /// <summary>Every layer that can be stepped, in every format, missing steps included.</summary>
    [Theory]
    [MemberData(nameof(StreamPoolTests.Formats), MemberType = typeof(StreamPoolTests))]
    public void Streams_go_on_in_pools_and_sessions_of_another_copy_of_the_model(WeightFormat format) => Property.Check(
        SequenceCases.Arbitrary(20_000, forwardOnly: true, models: true), 40, @case =>
        {
            SequenceData data = new(@case with { Weights = format, Ragged = false, Special = false });
            if (!data.Definition.Graph.CanStep)
            {
                return;
            }

            using RecurrentModel model = data.CreateNative(new ModelOptions());
            using RecurrentModel copy = data.CreateNative(new ModelOptions { InstructionSet = InstructionSet.Scalar });
            using Session session = data.OpenSession(model);
            data.RunNative(session);
            SequenceData next = data.SelectSteps(0, 1);
            using StreamPool pool = copy.OpenPool(data.Case.Batch);
            using Session last = model.OpenSession(data.Case.Batch);
            StreamId[] streams = [.. Enumerable.Range(0, data.Case.Batch).Select(_ => pool.Open())];
            float[] state = new float[model.StateSize];
            for (int row = 0; row < streams.Length; row++)
            {
                session.SaveState(row, 1, state);
                byte[] bytes = Write(model.Fingerprints, row, state);
                Array.Fill(state, 7);
                Assert.Equal(row, StreamState.Read(bytes, copy.Fingerprints, state));
                pool.LoadState([streams[row]], state);

                pool.SaveState([streams[row]], state);
                byte[] back = Write(copy.Fingerprints, row, state);
                Assert.Equal(bytes, back);
                Assert.Equal(row, StreamState.Read(back, model.Fingerprints, state));
                last.LoadState(row, 1, state);
            }

            float[] expected = next.StepNative(session);
            Support.Bits.RequireSame(expected, next.StepNative(last), "session", data.Case.OutputSize);
            float[] y = new float[expected.Length];
            if (data.Case.TakesIndices)
            {
                pool.StepIndices(streams, next.Indices, y);
            }
            else
            {
                pool.Step(streams, next.X, y);
            }

            Support.Bits.RequireSame(expected, y, "pool", data.Case.OutputSize);
        });

    [Fact]
    public void A_model_of_other_weights_takes_a_state_when_told_to()
    {
        using RecurrentModel model = Create(1);
        using RecurrentModel better = Create(2);
        using RecurrentModel integers = Create(1, WeightFormat.Int8);
        float[] state = new float[model.StateSize];
        byte[] bytes = Write(model.Fingerprints, 5, state);
        foreach (RecurrentModel other in new[] { better, integers })
        {
            Assert.Throws<StreamStateException>(() => StreamState.Read(bytes, other.Fingerprints, state));
            Assert.Equal(5, StreamState.Read(bytes, other.Fingerprints, state, StateMatch.Layout));
        }

        using StreamPool pool = model.OpenPool(1);
        pool.Replace(better);
        Assert.Equal(better.Fingerprints, pool.Model.Fingerprints);

        static RecurrentModel Create(int seed, WeightFormat format = WeightFormat.Float32) => RecurrentModel.Create(
            [new LayerCase { Cell = CellKind.Lstm, Size = 4 }.Create(2, new RandomFloats(seed))], new ModelOptions { Weights = format });
    }

    private static byte[] Write(StateFingerprints fingerprints, long sequence, ReadOnlySpan<float> state)
    {
        byte[] bytes = new byte[StreamState.SizeOf(state.Length)];
        // What is not written must be seen.
        Array.Fill(bytes, (byte)0xa5);
        StreamState.Write(fingerprints, sequence, state, bytes);
        return bytes;
    }

    /// <summary>Gives bytes the checksum that they ought to have, by its definition.</summary>
    private static byte[] Sealed(byte[] bytes)
    {
        uint crc = ~0u;
        for (int i = 0; i < bytes.Length; i++)
        {
            if (i is < 60 or >= 64)
            {
                crc = BitOperations.Crc32C(crc, bytes[i]);
            }
        }

        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(60), ~crc);
        return bytes;
    }

    private static string RequireRefused(byte[] bytes) => RequireRefused(bytes, Known, StateMatch.Model);

    private static string RequireRefused(byte[] bytes, StateFingerprints fingerprints, StateMatch match)
    {
        float[] state = [1, 2, 3, 4];
        StreamStateException error = Assert.Throws<StreamStateException>(() => StreamState.Read(bytes, fingerprints, state, match));
        Assert.Equal([1, 2, 3, 4], state);
        if (fingerprints == Known)
        {
            Assert.Equal(error.Message, Assert.Throws<StreamStateException>(() => StreamState.ReadHeader(bytes)).Message);
            Assert.False(StreamState.TryReadHeader(bytes, out StreamStateHeader header));
            Assert.Equal(default, header);
        }

        return error.Message;
    }

    private static int[] Bits(float[] values) => Array.ConvertAll(values, BitConverter.SingleToInt32Bits);
}
