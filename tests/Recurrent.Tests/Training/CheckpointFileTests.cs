using System.Buffers.Binary;
using System.Text;
using Recurrent.Files;
using Recurrent.Formats;
using Recurrent.Tests.Files;
using Recurrent.Tests.Support;
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
        Assert.Equal([3, 3], file["0.Forward.RecurrentWeights"].Shape);
        Assert.Equal(parameters[3..12], file["0.Forward.RecurrentWeights"].ToSingles());
        Assert.Equal(Machine.InstructionSets.Max().ToString(), file.Metadata["instruction_set"]);
        Assert.Equal("BuiltIn", file.Metadata["gemm_provider"]);
    }

    [Fact]
    public void A_file_is_replaced_at_once_and_leaves_nothing_beside_it()
    {
        using TrainableModel<float> model = SmallTask.Model();
        File.WriteAllText(FilePath, "older");
        File.WriteAllText(PartialFile.NewPath(FilePath), "what a killed run has left");
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

    [Fact]
    public void Bytes_behind_the_end_are_refused()
    {
        File.WriteAllBytes(FilePath, [.. Bytes(), 0]);
        Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Load(FilePath));
    }

    [Theory]
    [InlineData("[1]")]
    [InlineData("{\"a\":3}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4,0],\"data_offsets\":[0,0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0]}}")]
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
        var exception = Assert.Throws<InvalidDataException>(() => CheckpointReader.Read(FilePath, long.MaxValue));
        Assert.StartsWith($"{FilePath}: the header is damaged: ", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tensors_without_a_format_are_no_checkpoint()
    {
        CheckpointFile.Write(FilePath, new Dictionary<string, string>(), new Dictionary<string, CheckpointTensor>());
        CheckpointReader.Read(FilePath, long.MaxValue);
        Assert.Throws<InvalidDataException>(() => TrainingCheckpoint.Load(FilePath));
    }

    [Fact]
    public void Writers_at_the_same_time_do_not_meet_and_a_reader_finds_a_whole_one()
    {
        TrainingCheckpoint[] checkpoints = [.. Enumerable.Range(1, 3).Select(i =>
        {
            TrainingCheckpoint checkpoint = new();
            checkpoint.SetValues<long>("position", [0, 0, i]);
            checkpoint.SetValues<double>("many", Enumerable.Repeat((double)i, 30_000 * i).ToArray());
            return checkpoint;
        })];
        checkpoints[0].Save(FilePath);
        Worker[] writers = [.. checkpoints.Select(checkpoint => new Worker(() =>
        {
            for (int i = 0; i < 10; i++)
            {
                checkpoint.Save(FilePath);
            }
        }))];
        while (writers.Any(writer => writer.IsRunning))
        {
            TrainingCheckpoint found = TrainingCheckpoint.Load(FilePath);
            Assert.Equal(30_000 * found.Updates, found.GetValues<double>("many").Length);
        }

        Array.ForEach(writers, writer => writer.Join());
        Assert.Equal([FilePath], Directory.GetFiles(_folder));
    }

    [Fact]
    public void A_full_disk_leaves_the_checkpoint_before_it_and_nothing_else()
    {
        using FullDisk disk = new();
        string path = Path.Combine(disk.Folder, "run.safetensors");
        TrainingCheckpoint checkpoint = new();
        checkpoint.SetValues<long>("position", [3, 0, 7]);
        checkpoint.Save(path);
        checkpoint.SetValues<double>("many", new double[100_000]);
        Assert.Throws<IOException>(() => checkpoint.Save(path));
        Assert.Equal([path], Directory.GetFiles(disk.Folder));
        Assert.Equal((3, 7), (TrainingCheckpoint.Load(path).Epoch, TrainingCheckpoint.Load(path).Updates));
    }

    [Fact]
    public void What_could_not_be_read_again_is_not_written()
    {
        TrainingCheckpoint checkpoint = new();
        Assert.Throws<ArgumentException>(() => checkpoint.SetValues<long>("__metadata__", [1]));
        Assert.Throws<ArgumentException>(() => checkpoint.SetValues<long>("checksums", [1]));
        Assert.Throws<ArgumentNullException>(() => checkpoint.SetText("a", null!));
        checkpoint.SetText("long", new string('x', 1 << 24));
        var exception = Assert.Throws<InvalidOperationException>(() => checkpoint.Save(FilePath));
        Assert.Contains("expected at most 16777216", exception.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private byte[] Bytes()
    {
        using TrainableModel<float> model = SmallTask.Model();
        model.Capture().Save(FilePath);
        return File.ReadAllBytes(FilePath);
    }
}
