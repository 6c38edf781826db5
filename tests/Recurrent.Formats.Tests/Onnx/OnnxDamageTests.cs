using System.Diagnostics;
using Google.Protobuf;
using Recurrent.Formats.Onnx;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>Whatever happens to a file, reading it ends in a model or in one kind of exception, soon and in little memory.</summary>
public sealed class OnnxDamageTests
{
    private const int Rounds = 100;
    private const long MaxAllocatedBytes = 600L << 20;

    public static TheoryData<string> Names => [.. ExportedModelTests.Names.Select(name => name.Data), .. OnnxFileTests.Names.Select(name => name.Data)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Random_damage_is_read_or_refused(string name)
    {
        byte[] whole = Whole(name);
        Random random = new(name.Length + (31 * name[^1]));
        for (int round = 0; round < Rounds; round++)
        {
            byte[] bytes = [.. whole];
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)(1 << random.Next(8));
            }

            Read(bytes, $"round {round}");
        }
    }

    /// <summary>Damage that leaves the messages whole gets further: to the operators.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Graphs_changed_at_random_are_read_or_refused(string name)
    {
        byte[] whole = Whole(name);
        Random random = new(name.Length + (17 * name[^1]));
        for (int round = 0; round < Rounds; round++)
        {
            ModelProto model = ModelProto.Parser.ParseFrom(whole);
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                Change(model, random);
            }

            Read(model.ToByteArray(), $"round {round}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Truncated_files_are_refused(string name)
    {
        byte[] whole = Whole(name);
        int step = Math.Max(1, whole.Length / 100);
        for (int length = 0; length < whole.Length; length += step)
        {
            Read(whole[..length], $"length {length}");
        }

        Assert.Throws<ModelFormatException>(() => OnnxFile.Parse(whole.AsMemory(0, whole.Length / 2)).ToModel());
    }

    /// <summary>A body inside of a body is no cell, and is not followed.</summary>
    [Fact]
    public void Bodies_inside_of_bodies_are_refused_in_little_memory()
    {
        ModelProto model = ModelProto.Parser.ParseFrom(Whole("loop-gru"));
        NodeProto loop = model.Graph.Node.First(node => node.OpType == "Loop");
        for (int depth = 0; depth < 12; depth++)
        {
            NodeProto inner = loop.Clone();
            GraphProto body = inner.Attribute.First(attribute => attribute.G is not null).G;
            loop.Attribute.First(attribute => attribute.G is not null).G.Node.Add(inner);
            Assert.NotEmpty(body.Node);
        }

        Read(model.ToByteArray(), "nested");
    }

    /// <summary>A sparse file has gigabytes of zeros, which would be read as fields without end.</summary>
    [Fact]
    public void Zeros_are_refused_at_once()
    {
        byte[] bytes = [0x08, 0x07, .. new byte[64]];

        ModelFormatException refusal = Assert.Throws<ModelFormatException>(() => OnnxFile.Parse(bytes));

        Assert.Contains("byte 2: expected a field, found the number 0", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>However many functions a body has of each other, nothing goes as deep.</summary>
    [Fact]
    public void Functions_inside_of_each_other_are_refused()
    {
        ModelProto model = ModelProto.Parser.ParseFrom(Whole("loop-gru"));
        GraphProto body = model.Graph.Node.First(node => node.OpType == "Loop").Attribute.First(attribute => attribute.G is not null).G;
        HashSet<string> sums = [.. body.Node.Where(node => node.OpType == "Add").SelectMany(node => node.Output)];
        NodeProto split = body.Node.First(node => node.OpType == "Split" && sums.Contains(node.Input[0]));

        // A larger file may have more nodes.
        model.Graph.Initializer.Add(new TensorProto { Name = "unused", DataType = 1, Dims = { 2_000_000 }, RawData = ByteString.CopyFrom(new byte[8_000_000]) });
        for (int i = 0; i < 20_000; i++)
        {
            NodeProto deeper = new() { OpType = "Tanh", Input = { split.Input[0] }, Output = { $"deep{i}" } };
            body.Node.Add(deeper);
            split.Input[0] = deeper.Output[0];
        }

        var refusal = Assert.Throws<ModelFormatException>(() => OnnxFile.Parse(model.ToByteArray()).ToModel());

        Assert.Contains("functions of each other are not part of a cell", refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] Whole(string name)
    {
        string exported = Path.Combine(ExportedModelTests.Golden, $"{name}.onnx");
        return File.ReadAllBytes(File.Exists(exported) ? exported : Path.Combine(OnnxFileTests.Golden, name, "model.onnx"));
    }

    private static void Read(byte[] bytes, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        try
        {
            OnnxFile.Parse(bytes).ToModel();
        }
        catch (ModelFormatException)
        {
            // Refused, as it should be.
        }
        catch (Exception e)
        {
            Assert.Fail($"{what}: {e}");
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MaxAllocatedBytes);
        Assert.InRange(Stopwatch.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(10));
    }

    private static void Change(ModelProto model, Random random)
    {
        long[] numbers = [0, 1, 2, 3, -1, -2, 5, long.MaxValue, long.MinValue, int.MaxValue, 1 << 20, random.Next(100)];
        long number = numbers[random.Next(numbers.Length)];
        GraphProto graph = model.Graph;

        // The body of a loop is damaged as often as what is around it.
        GraphProto[] bodies = [.. graph.Node.SelectMany(one => one.Attribute).Select(attribute => attribute.G).Where(body => body is not null)];
        if (bodies.Length > 0 && random.Next(2) == 0)
        {
            graph = bodies[random.Next(bodies.Length)];
        }

        NodeProto node = graph.Node[random.Next(graph.Node.Count)];
        NodeProto other = graph.Node[random.Next(graph.Node.Count)];
        switch (random.Next(9))
        {
            case 0:
                node.OpType = other.OpType;
                break;
            case 1 when node.Input.Count > 0 && other.Output.Count > 0:
                node.Input[random.Next(node.Input.Count)] = other.Output[random.Next(other.Output.Count)];
                break;
            case 2 when node.Input.Count > 0 && other.Input.Count > 0:
                node.Input[random.Next(node.Input.Count)] = other.Input[random.Next(other.Input.Count)];
                break;
            case 3 when node.Input.Count > 0:
                node.Input.RemoveAt(random.Next(node.Input.Count));
                break;
            case 4 when graph.Initializer.Count > 0:
                TensorProto tensor = graph.Initializer[random.Next(graph.Initializer.Count)];
                tensor.Dims.Insert(random.Next(tensor.Dims.Count + 1), number);
                break;
            case 5:
                graph.Node.Remove(node);
                graph.Node.Add(other.Clone());
                break;
            case 6:
                TensorShapeProto shape = model.Graph.Input[0].Type.TensorType.Shape;
                shape.Dim[random.Next(shape.Dim.Count)] = new TensorShapeProto.Types.Dimension { DimValue = number };
                break;
            default:
                foreach (AttributeProto attribute in node.Attribute.Concat(other.Attribute))
                {
                    Change(attribute, number);
                }

                break;
        }
    }

    private static void Change(AttributeProto attribute, long number)
    {
        if (attribute.HasI)
        {
            attribute.I = number;
        }

        if (attribute.Ints.Count > 0)
        {
            attribute.Ints[^1] = number;
        }

        if (attribute.T is { DataType: 7 } tensor)
        {
            tensor.RawData = ByteString.CopyFrom([.. tensor.RawData.SkipLast(8), .. BitConverter.GetBytes(number)]);
        }
    }
}
