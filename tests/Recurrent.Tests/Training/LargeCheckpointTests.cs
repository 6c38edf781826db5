using System.Buffers.Binary;
using System.Text;
using Recurrent.Training;

namespace Recurrent.Tests.Training;

/// <summary>A checkpoint may be larger than memory: its numbers stay in the file and are read piece by piece.</summary>
public sealed class LargeCheckpointTests : IDisposable
{
    private const int Pieces = 3;

    private readonly string _folder = Directory.CreateTempSubdirectory("recurrent-large").FullName;

    private string FilePath => Path.Combine(_folder, "run.safetensors");

    private static float[] Many { get; } =
        [.. Enumerable.Range(0, (Pieces * CheckpointTensor.PieceBytes / sizeof(float)) + 5).Select(i => i * 0.25f)];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(0)]
    [InlineData(long.MaxValue)]
    public void Numbers_of_several_pieces_come_back(long mostInMemory)
    {
        Checkpoint().Save(FilePath);
        TrainingCheckpoint loaded = TrainingCheckpoint.Load(FilePath, mostInMemory);
        Assert.Equal((1, 2, 3), (loaded.Epoch, loaded.Batch, loaded.Updates));
        Assert.Equal(Many, loaded.GetValues<float>("many", Many.Length));
        Assert.Throws<InvalidDataException>(() => loaded.GetValues<float>("many", 3));
        Assert.Throws<InvalidDataException>(() => loaded.GetValues<double>("many"));

        // Onto itself, and elsewhere.
        byte[] before = File.ReadAllBytes(FilePath);
        loaded.Save(FilePath);
        loaded.Save(FilePath + "2");
        Assert.Equal(before, File.ReadAllBytes(FilePath));
        Assert.Equal(before, File.ReadAllBytes(FilePath + "2"));
        Assert.Equal(Many, loaded.GetValues<float>("many"));
    }

    /// <summary>With the file that the run itself replaces.</summary>
    [Fact]
    public void A_run_goes_on_from_numbers_in_the_file()
    {
        FitOptions<float> options = new() { Epochs = 4, BatchSize = 8, Callbacks = [new ModelCheckpoint(FilePath)] };
        using TrainableModel<float> whole = SmallTask.Model();
        History expected = whole.Fit(SmallTask.Data.X, SmallTask.Data.Y, options);
        using (TrainableModel<float> first = SmallTask.Model())
        {
            first.Fit(SmallTask.Data.X, SmallTask.Data.Y, options with { Epochs = 2 });
        }

        using TrainableModel<float> second = SmallTask.Model();
        History found = second.Fit(
            SmallTask.Data.X,
            SmallTask.Data.Y,
            options with { Resume = TrainingCheckpoint.Load(FilePath, mostInMemory: 0) });
        Assert.Equal(expected.BatchLosses, found.BatchLosses);
        Assert.Equal(SmallTask.Parameters(whole), SmallTask.Parameters(second));
    }

    [Fact]
    public void A_model_stays_as_it_was_when_the_file_is_gone()
    {
        Checkpoint().Save(FilePath);
        TrainingCheckpoint loaded = TrainingCheckpoint.Load(FilePath, mostInMemory: 0);
        File.Delete(FilePath);
        Assert.Throws<FileNotFoundException>(() => loaded.GetValues<float>("many"));
        using TrainableModel<float> model = SmallTask.Model();
        FitOptions<float> options = new() { BatchSize = 8, Callbacks = [new ModelCheckpoint(FilePath), new Reader()] };
        model.Fit(SmallTask.Data.X, SmallTask.Data.Y, options);
        TrainingCheckpoint resumed = TrainingCheckpoint.Load(FilePath, mostInMemory: 0);
        using TrainableModel<float> second = SmallTask.Model();
        float[] untrained = SmallTask.Parameters(second);
        File.Delete(FilePath);
        Assert.Throws<FileNotFoundException>(
            () => second.Fit(SmallTask.Data.X, SmallTask.Data.Y, options with { Epochs = 2, Resume = resumed }));
        Assert.Equal(untrained, SmallTask.Parameters(second));
        Assert.Equal(0, second.Updates);
    }

    /// <summary>More than 2^31 bytes, of which the disk holds a few.</summary>
    [Fact]
    public void What_lies_behind_two_gigabytes_is_found()
    {
        const long Large = 600_000_000;
        string header = $$$"""
            {"__metadata__":{"format":"recurrent-training-1","instruction_set":"x"},
            "large":{"dtype":"F32","shape":[{{{Large}}}],"data_offsets":[0,{{{4 * Large}}}]},
            "position":{"dtype":"I64","shape":[3],"data_offsets":[{{{4 * Large}}},{{{(4 * Large) + 24}}}]}}
            """;
        byte[] text = Encoding.UTF8.GetBytes(header);
        byte[] prefix = new byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, text.Length);
        using (FileStream stream = new(FilePath, FileMode.CreateNew))
        {
            stream.Write(prefix);
            stream.Write(text);
            stream.SetLength(stream.Position + (4 * Large) + 24);
            stream.Position = stream.Length - 8;
            BinaryPrimitives.WriteInt64LittleEndian(prefix, 77);
            stream.Write(prefix);
        }

        TrainingCheckpoint checkpoint = TrainingCheckpoint.Load(FilePath);
        Assert.Equal((0, 77, "x"), (checkpoint.Epoch, checkpoint.Updates, checkpoint.InstructionSet));
        Assert.Throws<InvalidDataException>(() => checkpoint.GetValues<float>("large", 3));
    }

    private static TrainingCheckpoint Checkpoint()
    {
        TrainingCheckpoint checkpoint = new();
        checkpoint.SetValues<float>("many", Many);
        checkpoint.SetValues<long>("position", [1, 2, 3]);
        checkpoint.SetText("text", "a text");
        return checkpoint;
    }

    /// <summary>Has more in the checkpoint than what stays in memory of any file, and asks for it last.</summary>
    private sealed class Reader : Callback
    {
        public override void Save(TrainingCheckpoint checkpoint, string prefix) =>
            checkpoint.SetValues<float>($"{prefix}.many", Many);

        public override void Restore(TrainingRun run, TrainingCheckpoint checkpoint, string prefix) =>
            checkpoint.GetValues<float>($"{prefix}.many");
    }
}
