namespace Recurrent.Formats.Tests;

public sealed class SafetensorsFileTests
{
    [Fact]
    public void Tensors_and_metadata_are_read_as_they_were_written()
    {
        SafetensorsFile file = new SafetensorsBuilder()
            .Metadata("model", "LSTM")
            .Add("matrix", "F32", [2, 3], 1f, 2, 3, 4, 5, 6)
            .Add("scalar", "F64", [], 0.1)
            .Add("empty", "I64", [3, 0], Array.Empty<long>())
            .Parse();

        Assert.Equal("LSTM", file.Metadata["model"]);
        Assert.Equal(["empty", "matrix", "scalar"], file.Tensors.Keys.Order());
        Assert.Equal([2L, 3L], file["matrix"].Shape);
        Assert.Equal([1, 2, 3, 4, 5, 6], file["matrix"].ToSingles());
        Assert.Equal("matrix: F32 [2, 3]", file["matrix"].ToString());
        Assert.Equal([0.1], file["scalar"].ToDoubles());
        Assert.Equal(0, file["empty"].ElementCount);
    }

    [Fact]
    public void Floating_point_types_are_widened_exactly_and_F64_is_rounded()
    {
        SafetensorsFile file = new SafetensorsBuilder()
            .Add("F16", "F16", [3], (Half)1.5f, Half.Epsilon, Half.NegativeInfinity)
            .Add("BF16", "BF16", [3], (ushort)0x3FC0, (ushort)0x0001, (ushort)0xFF80)
            .Add("F32", "F32", [2], float.Epsilon, float.NaN)
            .Add("F64", "F64", [1], 0.1)
            .Parse();

        Assert.Equal([1.5f, (float)Half.Epsilon, float.NegativeInfinity], file["F16"].ToSingles());
        Assert.Equal([1.5f, BitConverter.UInt32BitsToSingle(0x00010000), float.NegativeInfinity], file["BF16"].ToSingles());
        Assert.Equal([1.5, BitConverter.UInt32BitsToSingle(0x00010000), double.NegativeInfinity], file["BF16"].ToDoubles());
        Assert.Equal([1.5, (double)Half.Epsilon, double.NegativeInfinity], file["F16"].ToDoubles());
        Assert.Equal([float.Epsilon, double.NaN], file["F32"].ToDoubles());
        Assert.Equal([0.1f], file["F64"].ToSingles());
    }

    [Fact]
    public void Every_half_is_widened_exactly()
    {
        ushort[] bits = [.. Enumerable.Range(0, 1 << 16).Select(value => (ushort)value)];
        SafetensorsFile file = new SafetensorsBuilder().Add("half", "F16", [1 << 16], bits).Parse();

        Assert.Equal(
            bits.Select(value => BitConverter.SingleToInt32Bits((float)BitConverter.UInt16BitsToHalf(value)) & ~0x400000),
            file["half"].ToSingles().Select(value => BitConverter.SingleToInt32Bits(value) & ~0x400000));
    }

    [Fact]
    public void Integer_types_are_widened_exactly()
    {
        SafetensorsFile file = new SafetensorsBuilder()
            .Add("I64", "I64", [1], long.MinValue)
            .Add("I32", "I32", [1], int.MinValue)
            .Add("U32", "U32", [1], uint.MaxValue)
            .Add("I16", "I16", [1], short.MinValue)
            .Add("U16", "U16", [1], ushort.MaxValue)
            .Add("I8", "I8", [1], sbyte.MinValue)
            .Add("U8", "U8", [1], byte.MaxValue)
            .Parse();

        long[] expected = [long.MinValue, int.MinValue, uint.MaxValue, short.MinValue, ushort.MaxValue, sbyte.MinValue, 255];
        Assert.Equal(
            expected,
            new[] { "I64", "I32", "U32", "I16", "U16", "I8", "U8" }.Select(name => file[name].ToInt64s().Single()));
    }

    [Fact]
    public void A_tensor_of_another_kind_of_number_is_refused_by_name()
    {
        SafetensorsFile file = new SafetensorsBuilder().Add("steps", "I32", [1], 5).Add("w", "F32", [1], 5f).Parse();

        Assert.Contains("'steps'", Assert.Throws<ModelFormatException>(() => file["steps"].ToSingles()).Message);
        Assert.Contains("'steps'", Assert.Throws<ModelFormatException>(() => file["steps"].ToDoubles()).Message);
        Assert.Contains("'w'", Assert.Throws<ModelFormatException>(() => file["w"].ToInt64s()).Message);
    }

    [Fact]
    public void A_missing_tensor_is_named()
    {
        SafetensorsFile file = new SafetensorsBuilder().Parse();

        Assert.Equal("tensor 'bias' is missing.", Assert.Throws<ModelFormatException>(() => file["bias"]).Message);
    }

    [Fact]
    public void A_header_may_be_padded_with_spaces_and_carry_unknown_fields()
    {
        byte[] bytes = SafetensorsBuilder.Assemble(
            """{"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2], "note": {"x": [1, 2]}}}     """, [7, 8]);

        Assert.Equal([7L, 8L], SafetensorsFile.Parse(bytes)["a"].ToInt64s());
    }

    [Theory]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}""", "tensor 'a': shape [2] of F32 needs 8")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [4, 12]}}""", "tensor 'a': data_offsets [4, 12]")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 0]}}""", "tensor 'a': data_offsets [8, 0]")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}""", "'a' leaves a gap")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}""", "end at data offset 4, the data at 8")]
    [InlineData(
        """{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "b": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}""",
        "'b' overlaps")]
    [InlineData("""{"a": {"dtype": "F31", "shape": [2], "data_offsets": [0, 8]}}""", "tensor 'a': dtype 'F31'")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [-2], "data_offsets": [0, 8]}}""", "tensor 'a': shape: expected integers")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2.0], "data_offsets": [0, 8]}}""", "tensor 'a': shape: expected integers")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [1e0], "data_offsets": [0, 8]}}""", "tensor 'a': shape: expected integers")]
    [InlineData(
        """{"a": {"dtype": "F32", "shape": [9223372036854775807, 4], "data_offsets": [0, 8]}}""", "tensor 'a': shape [9223372036")]
    [InlineData(
        """{"a": {"dtype": "F32", "shape": [99999999999999999999], "data_offsets": [0, 8]}}""", "tensor 'a': shape: expected")]
    [InlineData(
        """{"a": {"dtype": "F32", "shape": [1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,2], "data_offsets": [0, 8]}}""",
        "tensor 'a': shape: expected at most 64")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0]}}""", "tensor 'a': expected dtype, shape and two")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8, 8]}}""", "tensor 'a': expected dtype, shape and")]
    [InlineData("""{"a": {"shape": [2], "data_offsets": [0, 8]}}""", "tensor 'a': expected dtype, shape and two")]
    [InlineData("""{"a": {"dtype": "F32", "dtype": "F32", "shape": [2], "data_offsets": [0, 8]}}""", "dtype appears twice")]
    [InlineData(
        """{"a": {"dtype": "U8", "shape": [8], "data_offsets": [0, 8]}, "a": {"dtype": "U8", "shape": [0], "data_offsets": [8, 8]}}""",
        "'a' appears twice")]
    [InlineData("""{"a": [0, 8]}""", "an object as tensor 'a'")]
    [InlineData("""{"__metadata__": {"a": 1}}""", "text as metadata 'a'")]
    [InlineData("""{"__metadata__": {"a": "1", "a": "2"}}""", "metadata 'a' appears twice")]
    [InlineData("""{"__metadata__": {"a": "\ud800"}}""", "near byte")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}} x""", "near byte")]
    [InlineData("""{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}""", "near byte")]
    [InlineData("""{"a": {"x": [[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]}}""", "near byte")]
    [InlineData("[]", "byte 8: expected '{'")]
    [InlineData(" {}", "byte 8: expected '{'")]
    public void A_header_that_breaks_the_format_is_refused_with_the_place(string header, string expected)
    {
        byte[] bytes = SafetensorsBuilder.Assemble(header, new byte[8]);

        Assert.Contains(expected, Assert.Throws<ModelFormatException>(() => SafetensorsFile.Parse(bytes)).Message);
    }

    [Fact]
    public void Text_that_is_not_UTF8_is_refused()
    {
        byte[] bytes = SafetensorsBuilder.Assemble("""{"__metadata__": {"a": "?"}}""", []);
        bytes[Array.IndexOf(bytes, (byte)'?')] = 0xFF;

        Assert.Throws<ModelFormatException>(() => SafetensorsFile.Parse(bytes));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(7)]
    public void A_file_without_a_whole_header_length_is_refused(int length) =>
        Assert.Contains(
            $"found {length}", Assert.Throws<ModelFormatException>(() => SafetensorsFile.Parse(new byte[length])).Message);

    [Theory]
    [InlineData(3)]
    [InlineData(SafetensorsFile.MaxHeaderBytes + 1L)]
    [InlineData(long.MaxValue)]
    [InlineData(-1)]
    public void A_header_longer_than_the_file_or_the_limit_is_refused(long length)
    {
        byte[] bytes = [.. BitConverter.GetBytes(length), (byte)'{', (byte)'}'];

        Assert.Contains("bytes 0 to 7", Assert.Throws<ModelFormatException>(() => SafetensorsFile.Parse(bytes)).Message);
    }

    [Fact]
    public void A_damaged_file_is_named()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("damaged.safetensors", [1, 2, 3]);

        Assert.StartsWith(path, Assert.Throws<ModelFormatException>(() => SafetensorsFile.Open(path)).Message);
        Assert.Throws<FileNotFoundException>(() => SafetensorsFile.Open(path + ".not"));
    }

    [Fact]
    public void A_file_on_disk_may_be_deleted_while_it_is_open()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("a.safetensors", new SafetensorsBuilder().Add("a", "F32", [1], 3f).Build());

        SafetensorsFile file = SafetensorsFile.Open(path);
        File.Delete(path);

        Assert.Equal([3f], file["a"].ToSingles());
    }
}
