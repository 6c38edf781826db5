using System.IO.Compression;

namespace Recurrent.Formats.Tests.Hostile;

/// <summary>A checkpoint cannot ask for more memory than a multiple of its size, whatever it is made of.</summary>
public sealed class CheckpointAllocationTests
{
    private const string TooMuch = "this would go beyond that";

    // Operations that take a byte or two and leave something behind.
    [Theory]
    [InlineData("]", 4_000_000)]
    [InlineData("}", 4_000_000)]
    [InlineData("N", 4_000_000)]
    [InlineData(")\x85", 2_000_000)]
    [InlineData("K\x01", 2_000_000)]
    [InlineData("X\x01\x00\x00\x00x", 800_000)]
    public void A_pickle_that_unpacks_to_far_more_than_the_file_is_refused(string operation, int times)
    {
        byte[] file = new CheckpointBuilder().Operations(Repeat(operation, times)).Build(CompressionLevel.SmallestSize);

        Allocation.AssertRefused(file.Length, () => PyTorchFile.Parse(file), TooMuch);
    }

    [Theory]
    [InlineData("]")]
    [InlineData("}")]
    [InlineData(")\x85")]
    [InlineData("K\x01")]
    [InlineData("Nr\x00\x00\x00\x00")]
    [InlineData("]N\x86\x85")]
    [InlineData("(NNNNNNNNl")]
    [InlineData("ctorch\nSize\n")]
    public void A_pickle_of_tiny_values_takes_no_more_than_its_share(string operation)
    {
        byte[] file = new CheckpointBuilder().Operations(Repeat(operation, 600_000 / operation.Length)).Build();

        Allocation.AssertRefused(file.Length, () => PyTorchFile.Parse(file), "");
    }

    [Fact]
    public void Memos_under_many_numbers_take_no_more_than_their_share()
    {
        CheckpointBuilder builder = new CheckpointBuilder().Operation('N');
        for (int i = 0; i < 100_000; i++)
        {
            builder.Operation('r', BitConverter.GetBytes(i));
        }

        byte[] file = builder.Build();

        Allocation.AssertRefused(file.Length, () => PyTorchFile.Parse(file), "");
    }

    [Fact]
    public void Tensors_that_share_a_storage_are_counted_each()
    {
        CheckpointBuilder builder = new CheckpointBuilder().Singles("0", new float[1 << 16]).Operation('}');
        for (int i = 0; i < 100; i++)
        {
            builder.Text($"w{i}").Tensor("0", 1 << 16, 0, [1 << 16], [1]).Operation('s');
        }

        byte[] file = builder.Build();

        Allocation.AssertRefused(file.Length, () => ReadAll(file), "tensor 'w");
    }

    [Fact]
    public void A_tensor_whose_elements_lie_apart_is_counted_with_what_lies_between()
    {
        CheckpointBuilder builder = new CheckpointBuilder().Singles("0", new float[1 << 16]).Operation('}');
        for (int i = 0; i < 100; i++)
        {
            builder.Text($"w{i}").Tensor("0", 1 << 16, 0, [2], [(1 << 16) - 1]).Operation('s');
        }

        byte[] file = builder.Build();

        Allocation.AssertRefused(file.Length, () => ReadAll(file), "tensor 'w");
    }

    [Fact]
    public void A_storage_that_unpacks_to_far_more_than_the_file_is_refused()
    {
        byte[] file = new CheckpointBuilder().Singles("0", new float[16 << 20])
            .Operation('}').Text("w").Tensor("0", 16 << 20, 0, [16 << 20], [1]).Operation('s')
            .Build(CompressionLevel.SmallestSize);

        Assert.InRange(file.Length, 0, 100_000);
        Allocation.AssertRefused(file.Length, () => ReadAll(file), "'archive/data/0', which unpacks to 67108864 bytes");
    }

    [Fact]
    public void Names_of_a_directory_take_no_more_than_their_share()
    {
        CheckpointBuilder builder = new CheckpointBuilder().Operation('}');
        for (int i = 0; i < 20_000; i++)
        {
            builder.Entry($"{i}");
        }

        byte[] file = builder.Build();

        Allocation.AssertRefused(file.Length, () => PyTorchFile.Parse(file), "");
    }

    [Fact]
    public void A_real_checkpoint_of_many_small_tensors_is_read()
    {
        CheckpointBuilder builder = new CheckpointBuilder().Operation('}');
        for (int i = 0; i < 5000; i++)
        {
            builder.Singles($"{i}", 1).Text($"layers.{i}.bias").Tensor($"{i}", 1, 0, [1], [1]).Operation('s');
        }

        byte[] file = builder.Build();

        Allocation.AssertRead(file.Length, () => Assert.Equal(5000, ReadAll(file)));
    }

    private static int ReadAll(byte[] file)
    {
        using PyTorchFile opened = PyTorchFile.Parse(file);
        return opened.Tensors.Values.Sum(tensor => tensor.ToSingles().Length > 0 ? 1 : 0);
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}
