using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>Every flipped bit of a checkpoint is noticed when it is read, and told by the name of what is damaged.</summary>
public sealed class CheckpointDamageTests : IDisposable
{
    // More than what is kept in memory of any file.
    private const int InFile = 1100;
    private const int ChecksumBytes = SHA256.HashSizeInBytes;

    private readonly string _folder = Directory.CreateTempSubdirectory("recurrent-damage").FullName;

    private string FilePath => Path.Combine(_folder, "run.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>Every one where numbers are kept in memory, every seventh where they stay in the file.</summary>
    [Theory]
    [InlineData(long.MaxValue, 3, 1)]
    [InlineData(0, InFile, 7)]
    public void Every_flipped_bit_is_noticed_by_the_name_of_what_is_damaged(long mostInMemory, int count, int step)
    {
        byte[] bytes = Bytes(count);
        string[] parts = PartOfEveryByte(bytes);
        Assert.True(parts.Distinct().Count() > 10, string.Join(", ", parts.Distinct()));
        using FileStream stream = new(FilePath, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        for (int bit = 0; bit < 8 * bytes.Length; bit += step)
        {
            Put(bit / 8, (byte)(bytes[bit / 8] ^ (1 << (bit % 8))));
            var exception = Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Load(FilePath, mostInMemory));
            Assert.Contains(parts[bit / 8], exception.Message, StringComparison.Ordinal);
            Put(bit / 8, bytes[bit / 8]);
        }

        TrainingCheckpoint.Load(FilePath, mostInMemory);

        void Put(int at, byte value)
        {
            stream.Position = at;
            stream.WriteByte(value);
        }
    }

    [Fact]
    public void Damage_after_the_file_was_loaded_is_noticed_when_its_numbers_are_read()
    {
        byte[] bytes = Bytes();
        TrainingCheckpoint checkpoint = TrainingCheckpoint.Load(FilePath, mostInMemory: 0);
        float[] expected = checkpoint.GetValues<float>("many");
        int inMany = Array.LastIndexOf(PartOfEveryByte(bytes), "many");
        bytes[inMany] ^= 1;
        File.WriteAllBytes(FilePath, bytes);
        var damaged = Assert.Throws<InvalidDataException>(() => checkpoint.GetValues<float>("many"));
        Assert.Contains("many is damaged", damaged.Message, StringComparison.Ordinal);
        bytes[inMany] ^= 1;
        File.WriteAllBytes(FilePath, bytes);
        Assert.Equal(expected, checkpoint.GetValues<float>("many"));
        Assert.Contains("has been replaced", Replaced(bytes[..^1]), StringComparison.Ordinal);
        bytes[^1] ^= 1;
        Assert.Contains("has been replaced", Replaced(bytes), StringComparison.Ordinal);

        string Replaced(byte[] other)
        {
            File.WriteAllBytes(FilePath, other);
            return Assert.Throws<InvalidDataException>(() => checkpoint.GetValues<float>("many")).Message;
        }
    }

    [Fact]
    public void A_file_of_an_older_version_has_no_checksum_is_read_and_says_so()
    {
        // Its names of recurrent parameters are other ones; blanks keep the header as long as it says.
        byte[] bytes = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(WithoutChecksums(Bytes(), "recurrent-training-1"))
            .Replace("RecurrentWeights\"", "StateWeights\"    ", StringComparison.Ordinal)
            .Replace("RecurrentBias\"", "StateBias\"    ", StringComparison.Ordinal));
        File.WriteAllBytes(FilePath, bytes);
        TrainingCheckpoint older = TrainingCheckpoint.Load(FilePath);
        Assert.False(older.HasChecksum);
        using TrainableModel<float> model = SmallTask.Model();
        model.Restore(older);
        older.Save(FilePath);
        Assert.True(TrainingCheckpoint.Load(FilePath).HasChecksum);
        Assert.Equal(
            SmallTask.Parameters(model)[3..12],
            TrainingCheckpoint.Load(FilePath).GetValues<float>("0.Forward.RecurrentWeights"));
    }

    [Theory]
    [InlineData("recurrent-training-2", "expected checksums, found none")]
    [InlineData("recurrent-training-3", "found recurrent-training-3")]
    public void A_new_file_without_checksums_or_one_of_a_later_version_is_refused(string format, string expected)
    {
        File.WriteAllBytes(FilePath, WithoutChecksums(Bytes(), format));
        var exception = Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Load(FilePath));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    private byte[] Bytes(int count = InFile)
    {
        using TrainableModel<float> model = SmallTask.Model();
        model.TrainOnBatch(SmallTask.Data.X, SmallTask.Data.Y);
        TrainingCheckpoint checkpoint = model.Capture();
        checkpoint.SetValues<float>("many", [.. Enumerable.Range(0, count).Select(i => 0.5f * i)]);
        checkpoint.Save(FilePath);
        return File.ReadAllBytes(FilePath);
    }

    /// <summary>What the message has to name for every byte, by the header of the file.</summary>
    private static string[] PartOfEveryByte(byte[] bytes)
    {
        int begin = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        string[] parts = new string[bytes.Length];
        Array.Fill(parts, "header");
        foreach ((string name, JsonNode? tensor) in JsonNode.Parse(bytes.AsSpan(8, begin - 8))!.AsObject())
        {
            if (name != "__metadata__")
            {
                int[] offsets = [.. tensor!["data_offsets"]!.AsArray().Select(offset => (int)offset!)];
                Array.Fill(parts, name, begin + offsets[0], offsets[1] - offsets[0]);
            }
        }

        // Whether the header is damaged or its checksum cannot be told.
        Array.Fill(parts, "the header, or its checksum,", bytes.Length - (2 * ChecksumBytes), ChecksumBytes);
        return parts;
    }

    /// <summary>The file as it was before there were checksums.</summary>
    private static byte[] WithoutChecksums(byte[] bytes, string format)
    {
        int begin = 8 + (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        JsonObject header = JsonNode.Parse(bytes.AsSpan(8, begin - 8))!.AsObject();
        int end = begin + (int)header["checksums"]!["data_offsets"]![0]!;
        header.Remove("checksums");
        header["__metadata__"]!["format"] = format;
        byte[] text = Encoding.UTF8.GetBytes(header.ToJsonString());
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, (ulong)text.Length);
        return [.. prefix, .. text, .. bytes[begin..end]];
    }
}
