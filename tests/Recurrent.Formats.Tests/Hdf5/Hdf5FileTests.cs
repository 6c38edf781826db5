using Recurrent.Formats.Hdf5;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.Tests.Hdf5;

/// <summary>What the HDF5 reader makes of files in each way of writing them, and what it refuses.</summary>
public sealed class Hdf5FileTests
{
    public static TheoryData<bool, int, int, bool> Ways
    {
        get
        {
            var ways = new TheoryData<bool, int, int, bool>();
            foreach (bool isNew in (bool[])[false, true])
            {
                for (int layout = 0; layout < 3; layout++)
                {
                    foreach (int bytes in (int[])[2, 4, 8])
                    {
                        ways.Add(isNew, layout, bytes, false);
                        ways.Add(isNew, layout, bytes, true);
                    }
                }
            }

            return ways;
        }
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public void Numbers_are_read_wherever_they_lie(bool isNew, int layout, int bytes, bool isBigEndian)
    {
        float[] values = [.. Enumerable.Range(0, 5 * 3 * 4).Select(i => (i - 20) * 0.5f)];
        int[][] pipelines = layout == 2 ? [[], [1], [2], [2, 1], [1, 2]] : [[]];
        foreach (int[] filters in pipelines)
        {
            var style = new Hdf5Style
            {
                IsNew = isNew,
                Layout = layout,
                NumberBytes = bytes,
                IsBigEndian = isBigEndian,
                Filters = filters,
            };
            Hdf5Object root = Open(Hdf5Builder.Build(
                new Hdf5Group().Set("a/cube", [5, 3, 4], values).Set("a/row", [7], values[..7]).Set("one", [], 3), style));

            Tensor cube = root.Find("a/cube")!.ToTensor("cube");
            Assert.Equal([5, 3, 4], cube.Shape);
            Assert.Equal(values, cube.ToSingles());
            Assert.Equal(values[..7], root.Find("a")!.Find("row")!.ToTensor("row").ToSingles());
            Assert.Equal([3], root.Find("one")!.ToTensor("one").ToSingles());
        }
    }

    [Theory]
    [InlineData(false, "variables/0")]
    [InlineData(false, "/")]
    [InlineData(false, "")]
    [InlineData(true, "variables/0")]
    [InlineData(true, "")]
    public void A_name_that_is_a_path_or_empty_is_refused(bool isNew, string name)
    {
        var group = new Hdf5Group();
        group.Group("layers").Groups.Add(name, new Hdf5Group().Text("a", "b"));

        Hdf5Object root = Open(Hdf5Builder.Build(group, new Hdf5Style { IsNew = isNew }));

        Assert.Contains(
            $"HDF5: '/layers' has an object called '{name}', which is no name",
            Assert.Throws<ModelFormatException>(() => root.Find("layers")!.Names).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Groups_have_names_and_texts(bool isNew, bool hasVariableText)
    {
        var group = new Hdf5Group().Text("one", "äöü").Texts("none").Texts("list", "a", "", new string('x', 300));
        string[] names = [.. Enumerable.Range(0, 23).Select(i => $"layer_{i}")];
        Array.ForEach(names, name => group.Group(name).Text("name", name));

        Hdf5Object root = Open(Hdf5Builder.Build(
            group, new Hdf5Style { IsNew = isNew, HasVariableText = hasVariableText }));

        Assert.Equal("äöü", root.Attribute("one")!.Text());
        Assert.Empty(root.Attribute("none")!.Texts());
        Assert.Equal(["a", "", new string('x', 300)], root.Attribute("list")!.Texts());
        Assert.Null(root.Attribute("other"));
        Assert.Equal(names.Order(StringComparer.Ordinal), root.Names.Order(StringComparer.Ordinal));
        Assert.All(names, name => Assert.Equal(name, root.Find(name)!.Attribute("name")!.Text()));
        Assert.Null(root.Find("layer_0/other"));
        Assert.Contains(
            "is a list; expected one text",
            Assert.Throws<ModelFormatException>(() => root.Attribute("list")!.Text()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_group_is_no_data_set()
    {
        Hdf5Object root = Open(Hdf5Builder.Build(new Hdf5Group().Set("a/b", [1], 1), new Hdf5Style()));

        Assert.True(root.Find("a/b")!.IsData);
        Assert.False(root.Find("a")!.IsData);
        Assert.Contains(
            "'/a' has no type; expected a data set",
            Assert.Throws<ModelFormatException>(() => root.Find("a")!.ToTensor("a")).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(8, 4, "version 4 of the superblock is not supported")]
    [InlineData(13, 4, "addresses of 4 bytes and lengths of 8 are not supported")]
    [InlineData(24, 1, "a base address that is not 0 is not supported")]
    public void A_superblock_that_is_not_known_is_refused(int at, byte value, string reason)
    {
        byte[] bytes = Hdf5Builder.Build(new Hdf5Group().Set("a", [1], 1), new Hdf5Style());
        bytes[at] = value;

        Assert.Contains(reason, Refusal(bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TREE", 4, 1, "expected a node of kind 0")]
    [InlineData("TREE", 5, 3, "'TREE'")]
    [InlineData("SNOD", 4, 2, "version 2 of a list of entries is not supported")]
    [InlineData("SNOD", 6, 255, "are not inside the")]
    [InlineData("SNOD", 24, 2, "is a symbolic link")]
    [InlineData("HEAP", 15, 1, "are not inside the")]
    [InlineData("HEAP", 0, 0, "expected 'HEAP'")]
    public void A_structure_that_is_not_right_is_refused(string signature, int at, byte value, string reason)
    {
        byte[] bytes = Hdf5Builder.Build(new Hdf5Group().Set("a", [1], 1), new Hdf5Style());
        bytes[bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(signature)) + at] = value;

        Assert.Contains(reason, Refusal(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_tree_that_holds_itself_is_refused()
    {
        byte[] bytes = Hdf5Builder.Build(new Hdf5Group().Set("a", [1], 1), new Hdf5Style());
        int tree = bytes.AsSpan().IndexOf("TREE"u8);
        bytes[tree + 5] = 9;
        BitConverter.GetBytes((long)tree).CopyTo(bytes, tree + 32);

        Assert.Contains("at level 8, found kind 0 at level 9", Refusal(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_that_goes_on_in_itself_ends_in_the_memory_that_a_file_may_take()
    {
        byte[] bytes = Hdf5Builder.Build(new Hdf5Group().Text("a", "b"), new Hdf5Style());

        // The root's header is the last thing in the file: 16 bytes, a symbol table of 8 + 16, and where it goes on.
        int header = (int)BitConverter.ToInt64(bytes, 64);
        int body = header + 16 + 24 + 8;
        BitConverter.GetBytes((long)header + 16).CopyTo(bytes, body);
        BitConverter.GetBytes(48L).CopyTo(bytes, body + 8);

        Assert.Contains("would go beyond that", Refusal(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Other_filters_are_refused_by_number()
    {
        byte[] bytes = Hdf5Builder.Build(
            new Hdf5Group().Set("a", [4], 1, 2, 3, 4), new Hdf5Style { Layout = 2, Filters = [3] });

        Assert.Contains("filter 3 is not supported; expected deflate (1) and shuffle (2)", Refusal(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_set_that_unpacks_to_much_more_than_the_file_is_refused()
    {
        byte[] bytes = Hdf5Builder.Build(
            new Hdf5Group().Set("a", [4_000_000], new float[4_000_000]), new Hdf5Style { Layout = 2, Filters = [1] });

        Assert.InRange(bytes.Length, 0, 100_000);
        Assert.Contains("tensor 'a': the tensors up to here have 16000000 bytes as float32", Refusal(bytes), StringComparison.Ordinal);
    }

    [Fact]
    public void Chunks_that_are_missing_damaged_or_there_twice_are_refused()
    {
        byte[] bytes = Hdf5Builder.Build(
            new Hdf5Group().Set("a", [5, 5], new float[25]), new Hdf5Style { Layout = 2, Filters = [1] });
        int chunk = bytes.AsSpan().LastIndexOf("TREE"u8);
        while (bytes[chunk + 4] != 1 || bytes[chunk + 5] != 0)
        {
            chunk = bytes.AsSpan(0, chunk).LastIndexOf("TREE"u8);
        }

        byte[] missing = [.. bytes];
        missing[chunk + 6] = 1;
        Assert.Contains("has 3 chunks; expected 4", Refusal(missing), StringComparison.Ordinal);
        byte[] twice = [.. bytes];
        twice.AsSpan(chunk + 24, 40).CopyTo(twice.AsSpan(chunk + 64));
        Assert.Contains("has the chunk at [", Refusal(twice), StringComparison.Ordinal);
        byte[] damaged = [.. bytes];
        damaged[BitConverter.ToInt64(bytes, chunk + 24 + 32)] ^= 255;
        Assert.Contains("of '/a' is damaged", Refusal(damaged), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 0)]
    [InlineData(true, 2)]
    public void Random_damage_and_any_cut_are_read_or_refused_within_memory(bool isNew, int layout)
    {
        var root = new Hdf5Group().Text("model_config", "{}").Texts("list", "a", "b");
        for (int i = 0; i < 5; i++)
        {
            root.Group($"g{i}").Texts("names", $"w{i}").Set($"w{i}", [3, 4], new float[12]);
        }

        byte[] whole = Hdf5Builder.Build(
            root,
            new Hdf5Style { IsNew = isNew, Layout = layout, HasVariableText = layout == 2, Filters = layout == 2 ? [2, 1] : [] });
        Random random = new(layout);
        for (int round = 0; round < 3000; round++)
        {
            byte[] bytes = round % 10 == 0 ? whole[..random.Next(whole.Length)] : [.. whole];
            for (int i = random.Next(1, 4); i > 0 && bytes.Length > 0; i--)
            {
                bytes[random.Next(bytes.Length)] = random.Next(3) == 0 ? (byte)random.Next(256) : (byte)(1 << random.Next(8));
            }

            long before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                ReadAll(Open(bytes), 0);
            }
            catch (ModelFormatException)
            {
                // Refused as documented.
            }

            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8 << 20);
        }
    }

    private static string Refusal(byte[] bytes) =>
        Assert.Throws<ModelFormatException>(() => ReadAll(Open(bytes), 0)).Message;

    private static Hdf5Object Open(byte[] bytes) =>
        Hdf5File.Open(new MemorySource(bytes), new MemoryBudget(bytes.Length)).Root;

    private static void ReadAll(Hdf5Object item, int depth)
    {
        foreach (string attribute in (string[])["model_config", "list", "names"])
        {
            item.Attribute(attribute)?.Texts();
        }

        if (item.IsData)
        {
            item.ToTensor(item.Name).ToDoubles();
            return;
        }

        foreach (string name in item.Names)
        {
            if (depth < 8)
            {
                ReadAll(item.Find(name)!, depth + 1);
            }
        }
    }
}
