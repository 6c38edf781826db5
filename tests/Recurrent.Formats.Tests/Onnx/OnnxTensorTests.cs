using Google.Protobuf;
using Recurrent.Formats.Onnx;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>However elements are stored, they are the same; whatever is wrong with them is refused.</summary>
public sealed class OnnxTensorTests
{
    private static readonly float[] Values = [1, -2.5f, 0.125f, 3];

    public static TheoryData<int> Ways => [.. Enumerable.Range(0, Stored.Length)];

    private static TensorProto[] Stored =>
    [
        New(1, tensor => tensor.RawData = Raw(Values, BitConverter.GetBytes)),
        New(10, tensor => tensor.RawData = Raw(Values, value => BitConverter.GetBytes((Half)value))),
        New(16, tensor => tensor.RawData = Raw(Values, value => BitConverter.GetBytes(value)[2..])),
        New(11, tensor => tensor.RawData = Raw(Values, value => BitConverter.GetBytes((double)value))),
        New(1, tensor => tensor.FloatData.AddRange(Values)),
        New(11, tensor => tensor.DoubleData.AddRange(Values.Select(value => (double)value))),
        New(10, tensor => tensor.Int32Data.AddRange(Values.Select(value => (int)BitConverter.HalfToUInt16Bits((Half)value)))),
        New(16, tensor => tensor.Int32Data.AddRange(Values.Select(value => BitConverter.SingleToInt32Bits(value) >>> 16))),
    ];

    [Theory]
    [MemberData(nameof(Ways))]
    public void Elements_are_the_same_however_they_are_stored(int way)
    {
        Assert.Equal(Values, OnnxTensor.Parse(Stored[way].ToByteArray()).ToSingles());
    }

    [Fact]
    public void Elements_with_a_tag_each_are_read()
    {
        byte[] bytes = [0x08, 4, 0x10, 1, .. Values.SelectMany(value => (byte[])[0x25, .. BitConverter.GetBytes(value)])];

        Assert.Equal(Values, OnnxTensor.Parse(bytes).ToSingles());
    }

    [Fact]
    public void Integers_are_read_from_each_of_their_fields()
    {
        Assert.Equal([-1, 5], Integers(new TensorProto { DataType = 7, Dims = { 2 }, Int64Data = { -1, 5 } }));
        Assert.Equal([-1, 5], Integers(new TensorProto { DataType = 6, Dims = { 2 }, Int32Data = { -1, 5 } }));
        Assert.Equal([1, 5], Integers(new TensorProto { DataType = 12, Dims = { 2 }, Uint64Data = { 1, 5 } }));
        Assert.Equal([-1], Integers(new TensorProto { DataType = 3, RawData = ByteString.CopyFrom(255) }));
        Assert.Equal([0x0201], Integers(new TensorProto { DataType = 5, RawData = ByteString.CopyFrom(1, 2) }));
    }

    [Fact]
    public void What_dimensions_do_not_fit_is_refused()
    {
        Refuse("found 12", new TensorProto { DataType = 1, Dims = { 4 }, RawData = ByteString.CopyFrom(new byte[12]) });
        Refuse("at least 0, found -1", new TensorProto { DataType = 1, Dims = { -1 }, RawData = ByteString.Empty });
        Refuse("elements", new TensorProto { DataType = 1, Dims = { int.MaxValue, int.MaxValue }, FloatData = { 1 } });
        Refuse("at most 16", new TensorProto { DataType = 1, Dims = { Enumerable.Repeat(1L, 17) }, FloatData = { 1 } });
        Refuse("element type 8", new TensorProto { DataType = 8, Dims = { 1 } });
        Refuse("several", new TensorProto { DataType = 1, Dims = { 2 }, FloatData = { 1 }, RawData = ByteString.CopyFrom(0, 0, 0, 0) });
        Refuse("found none", new TensorProto { DataType = 1, Dims = { 2 } });
        Refuse("in field 7", new TensorProto { DataType = 1, Dims = { 1 }, Int64Data = { 1 } });
    }

    [Fact]
    public void A_tensor_is_not_made_of_fewer_values_than_its_dimensions_ask_for()
    {
        Assert.Throws<ArgumentException>(() => OnnxTensor.Create("t", [int.MaxValue, int.MaxValue], Values.AsMemory()));
        Assert.Throws<ArgumentException>(() => OnnxTensor.Create("t", [-2, -2], Values.AsMemory()));
    }

    [Fact]
    public void Places_of_elements_are_never_taken_from_a_file()
    {
        Refuse("found none", new TensorProto
        {
            DataType = 1,
            Dims = { 1 },
            Payload = { new PayloadProto { Field = 9, Offset = 0, Length = 4 } },
        });
    }

    [Fact]
    public void External_data_is_read_from_the_models_folder()
    {
        using TemporaryFolder folder = new();
        folder.Write("weights.bin", [9, 9, .. Values.SelectMany(BitConverter.GetBytes)]);

        Assert.Equal(Values, External(folder.Path, ("location", "weights.bin"), ("offset", "2"), ("length", "16")).ToSingles());
    }

    [Theory]
    [InlineData("../weights.bin")]
    [InlineData("..\\weights.bin")]
    [InlineData("/etc/hostname")]
    [InlineData("C:\\weights.bin")]
    [InlineData("sub/../../weights.bin")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("none.bin")]
    [InlineData("link.bin")]
    [InlineData("linked/weights.bin")]
    public void External_data_elsewhere_is_refused(string location)
    {
        using TemporaryFolder outside = new();
        using TemporaryFolder folder = new();
        outside.Write("weights.bin", new byte[16]);
        File.CreateSymbolicLink(Path.Combine(folder.Path, "link.bin"), Path.Combine(outside.Path, "weights.bin"));
        Directory.CreateSymbolicLink(Path.Combine(folder.Path, "linked"), outside.Path);

        ModelFormatException refusal = Assert.Throws<ModelFormatException>(
            () => External(folder.Path, ("location", location)));

        Assert.Contains("tensor 'e'", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("offset", "3")]
    [InlineData("offset", "-1")]
    [InlineData("offset", "9223372036854775807")]
    [InlineData("length", "20")]
    [InlineData("length", "x")]
    public void External_data_beyond_the_file_is_refused(string key, string value)
    {
        using TemporaryFolder folder = new();
        folder.Write("weights.bin", new byte[16]);

        Assert.Throws<ModelFormatException>(() => External(folder.Path, ("location", "weights.bin"), (key, value)));
    }

    private static OnnxTensor External(string folder, params (string Key, string Value)[] entries) =>
        External(folder, refusesHardLinks: false, entries);

    private static OnnxTensor External(
        string folder, bool refusesHardLinks, params (string Key, string Value)[] entries) => new TensorReader(
        WireSource.Of(default), new ExternalData(folder, refusesHardLinks, new MemoryBudget(1))).Create(new TensorProto
        {
            Name = "e",
            DataType = 1,
            Dims = { 4 },
            DataLocation = 1,
            ExternalData = { entries.Select(entry => new StringStringEntryProto { Key = entry.Key, Value = entry.Value }) },
        });

    private static long[] Integers(TensorProto tensor) => OnnxTensor.Parse(tensor.ToByteArray()).ToIntegers();

    private static void Refuse(string message, TensorProto tensor)
    {
        ModelFormatException refusal = Assert.Throws<ModelFormatException>(() => OnnxTensor.Parse(tensor.ToByteArray()));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
    }

    private static TensorProto New(int type, Action<TensorProto> fill)
    {
        TensorProto tensor = new() { Name = "t", DataType = type, Dims = { 2, 2 } };
        fill(tensor);
        return tensor;
    }

    private static ByteString Raw(float[] values, Func<float, byte[]> bytes) =>
        ByteString.CopyFrom([.. values.SelectMany(bytes)]);
}
