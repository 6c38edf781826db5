using System.Buffers.Binary;
using System.Text;
using Recurrent.Formats;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>A checkpoint file is whole or refused.</summary>
public sealed class CheckpointFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recurrent-checkpoint").FullName;

    private string FilePath => Path.Combine(_folder, "run.safetensors");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Other_readers_of_safetensors_can_read_it()
    {
        using TrainableModel<float> model = SmallTask.Model();
        model.TrainOnBatch(SmallTask.Data.X, SmallTask.Data.Y);
        model.Capture().Save(FilePath);
        SafetensorsFile file = SafetensorsFile.Open(FilePath);
        float[] parameters = SmallTask.Parameters(model);
        Assert.Equal([3, 3], file["0.Forward.StateWeights"].Shape);
        Assert.Equal(parameters[3..12], file["0.Forward.StateWeights"].ToSingles());
        Assert.Equal(Machine.InstructionSets.Max().ToString(), file.Metadata["instruction_set"]);
        Assert.Equal("BuiltIn", file.Metadata["gemm_provider"]);
    }

    [Fact]
    public void A_file_is_replaced_at_once_and_leaves_nothing_beside_it()
    {
        using TrainableModel<float> model = SmallTask.Model();
        File.WriteAllText(FilePath, "older");
        File.WriteAllText(FilePath + ".partial", "what a killed run has left");
        model.Capture().Save(FilePath);
        Assert.Equal(0, TrainingCheckpoint.Load(FilePath).Updates);
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        byte[] bytes = Bytes();
        for (int length = 0; length < bytes.Length; length += length < 700 ? 1 : 13)
        {
            File.WriteAllBytes(FilePath, bytes[..length]);
            Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Load(FilePath));
        }
    }

    /// <summary>A changed byte is refused or gives other numbers; it never gives another exception.</summary>
    [Fact]
    public void A_changed_byte_does_no_harm()
    {
        byte[] bytes = Bytes();
        int header = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        SeededRandom random = new(1);
        for (int i = 0; i < 3000; i++)
        {
            byte[] damaged = [.. bytes];
            damaged[random.NextBelow(header + 8)] = (byte)random.NextBits();
            File.WriteAllBytes(FilePath, damaged);
            try
            {
                using TrainableModel<float> model = SmallTask.Model();
                model.Restore(TrainingCheckpoint.Load(FilePath));
            }
            catch (InvalidDataException)
            {
            }
        }
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{\"a\":3}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4,0],\"data_offsets\":[0,0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1,0],\"data_offsets\":[0,0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,3]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,-4]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[9223372036854775807,3]}}")]
    [InlineData("{\"a\":{\"dtype\":\"X\",\"shape\":[],\"data_offsets\":[0,0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":1.5,\"data_offsets\":[0]}}")]
    [InlineData("{\"__metadata__\":{\"format\":7}}")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]")]
    public void Hostile_headers_are_refused(string header)
    {
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] bytes = new byte[8 + text.Length + 4];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, (ulong)text.Length);
        text.CopyTo(bytes, 8);
        File.WriteAllBytes(FilePath, bytes);
        Assert.Throws<InvalidDataException>(() => CheckpointFile.Read(FilePath, out _, out _));
    }

    [Fact]
    public void Tensors_without_a_format_are_no_checkpoint()
    {
        CheckpointFile.Write(FilePath, new Dictionary<string, string>(), new Dictionary<string, CheckpointTensor>());
        CheckpointFile.Read(FilePath, out _, out _);
        Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Load(FilePath));
    }

    private byte[] Bytes()
    {
        using TrainableModel<float> model = SmallTask.Model();
        model.Capture().Save(FilePath);
        return File.ReadAllBytes(FilePath);
    }
}
