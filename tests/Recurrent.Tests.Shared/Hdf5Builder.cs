using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Recurrent.Tests.Shared;

/// <summary>Writes HDF5 files as h5py does, in each of its ways, of groups, texts and floating point numbers.</summary>
internal sealed class Hdf5Builder(Hdf5Style style)
{
    private const long Undefined = -1;
    private const int SuperblockBytes = 96;
    private const int LeastHeapBytes = 4096;
    private const int Shuffled = 2;

    // Few, so that small files have trees of several levels.
    private const int MostEntries = 2;

    private readonly List<byte> _file = [];

    public static byte[] Build(Hdf5Group root, Hdf5Style style) => new Hdf5Builder(style).Build(root);

    private byte[] Build(Hdf5Group root)
    {
        _file.AddRange(new byte[SuperblockBytes]);
        long address = Write(root);
        var head = new Body().Bytes(0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A);
        _ = style.IsNew
            ? head.Bytes(3, 8, 8, 0).Long(0).Long(Undefined).Long(_file.Count).Long(address).Int(0)
            : head.Bytes(0, 0, 0, 0, 0, 8, 8, 0).Short(4).Short(16).Int(0).Long(0).Long(Undefined).Long(_file.Count)
                .Long(Undefined).Long(0).Long(address).Int(0).Int(0).Long(0).Long(0);
        byte[] file = [.. _file];
        head.ToArray().CopyTo(file, 0);
        return file;
    }

    private long Write(Hdf5Group group)
    {
        var children = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach ((string name, Hdf5Group inner) in group.Groups)
        {
            children.Add(name, Write(inner));
        }

        foreach ((string name, (long[] shape, float[] values)) in group.Data)
        {
            children.Add(name, Write(shape, values));
        }

        var messages = new List<(int Kind, byte[] Body)>();
        if (style.IsNew)
        {
            messages.Add((0x02, new Body().Bytes(0, 0).Long(Undefined).Long(Undefined).ToArray()));
            messages.AddRange(children.Select(child => (0x06, Link(child.Key, child.Value))));
        }
        else
        {
            messages.Add((0x11, SymbolTable(children)));
        }

        messages.AddRange(group.Attributes.Select(
            attribute => (0x0C, Attribute(attribute.Name, attribute.Texts, attribute.IsList))));
        return Header(messages);
    }

    private static byte[] Link(string name, long address)
    {
        byte[] text = Encoding.UTF8.GetBytes(name);
        return new Body().Bytes(1, 0, (byte)text.Length).Bytes(text).Long(address).ToArray();
    }

    private byte[] SymbolTable(SortedDictionary<string, long> children)
    {
        var names = new Body().Long(0);
        var entries = new List<byte[]>();
        foreach ((string name, long address) in children)
        {
            entries.Add(new Body().Long(names.Length).Long(address).Int(0).Int(0).Long(0).Long(0).ToArray());
            names.Bytes(Encoding.UTF8.GetBytes(name)).Bytes(0).Align();
        }

        long segment = Append(names.ToArray());
        long heap = Append(new Body().Text("HEAP").Int(0).Long(names.Length).Long(Undefined).Long(segment).ToArray());
        long[] leaves =
        [
            .. entries.Chunk(MostEntries).Select(chunk => Append(
                new Body().Text("SNOD").Bytes(1, 0).Short(chunk.Length).Bytes(chunk.SelectMany(entry => entry).ToArray())
                    .ToArray())),
        ];
        long tree = Tree(0, [.. leaves.Select(leaf => (new byte[8], leaf))], new byte[8]);
        return new Body().Long(tree).Long(heap).ToArray();
    }

    /// <summary>A B-tree of version 1, of as many levels as it takes.</summary>
    private long Tree(byte kind, (byte[] Key, long Child)[] children, byte[] end)
    {
        for (byte level = 0; ; level++)
        {
            (byte[] Key, long Child)[][] parts =
                [.. children.Chunk(level == 0 && children.Length == 0 ? 1 : MostEntries)];

            // A node ends with the key that the next one begins with.
            (byte[] Key, long Child)[] nodes =
            [
                .. parts.Select((part, i) => (
                    part[0].Key, Node(kind, level, part, i + 1 < parts.Length ? parts[i + 1][0].Key : end))),
            ];
            if (nodes.Length <= 1)
            {
                return nodes.Length == 1 ? nodes[0].Child : Node(kind, 0, [], end);
            }

            children = nodes;
        }
    }

    private long Node(byte kind, byte level, (byte[] Key, long Child)[] children, byte[] end)
    {
        var node = new Body().Text("TREE").Bytes(kind, level).Short(children.Length).Long(Undefined).Long(Undefined);
        foreach ((byte[] key, long child) in children)
        {
            node.Bytes(key).Long(child);
        }

        return Append(node.Bytes(end).ToArray());
    }

    private byte[] Attribute(string name, string[] texts, bool isList)
    {
        byte[] label = [.. Encoding.UTF8.GetBytes(name), 0];
        byte[][] values = [.. texts.Select(Encoding.UTF8.GetBytes)];
        int width = Math.Max(1, values.Select(value => value.Length).DefaultIfEmpty(0).Max());

        // h5py writes an empty list as one of numbers.
        byte[] type = values.Length == 0 ? NumberType(8, false)
            : style.HasVariableText
                ? new Body().Bytes(0x19, 1, 1, 0).Int(16).Bytes(0x13, 0, 0, 0).Int(1).ToArray()
                : new Body().Bytes(0x13, 1, 0, 0).Int(width).ToArray();
        byte[] space = Space(isList ? [values.Length] : []);
        var data = new Body();
        if (style.HasVariableText && values.Length > 0)
        {
            WriteHeap(values, data);
        }
        else
        {
            foreach (byte[] value in values)
            {
                data.Bytes(value).Bytes(new byte[width - value.Length]);
            }
        }

        var body = new Body();
        if (style.IsNew)
        {
            return body.Bytes(3, 0).Short(label.Length).Short(type.Length).Short(space.Length).Bytes(1)
                .Bytes(label).Bytes(type).Bytes(space).Bytes(data.ToArray()).ToArray();
        }

        return body.Bytes(1, 0).Short(label.Length).Short(type.Length).Short(space.Length)
            .Bytes(label).Align().Bytes(type).Align().Bytes(space).Align().Bytes(data.ToArray()).ToArray();
    }

    private void WriteHeap(byte[][] values, Body references)
    {
        var objects = new Body();
        for (int i = 0; i < values.Length; i++)
        {
            objects.Short(i + 1).Short(1).Int(0).Long(values[i].Length).Bytes(values[i]).Align();
        }

        // What is free is an object, too: number 0. A heap has 4096 bytes or more.
        long free = Math.Max(16, LeastHeapBytes - 16 - objects.Length);
        objects.Short(0).Short(0).Int(0).Long(free).Bytes(new byte[free - 16]);
        long address = Append(
            new Body().Text("GCOL").Bytes(1, 0, 0, 0).Long(16 + objects.Length).Bytes(objects.ToArray()).ToArray());
        for (int i = 0; i < values.Length; i++)
        {
            references.Int(values[i].Length).Long(address).Int(i + 1);
        }
    }

    private byte[] Space(long[] shape)
    {
        var body = style.IsNew
            ? new Body().Bytes(2, (byte)shape.Length, 0, (byte)(shape.Length > 0 ? 1 : 0))
            : new Body().Bytes(1, (byte)shape.Length, 0, 0).Int(0);
        foreach (long size in shape)
        {
            body.Long(size);
        }

        return body.ToArray();
    }

    private static byte[] NumberType(int bytes, bool isBigEndian)
    {
        (byte Exponent, byte Mantissa, int Bias) parts =
            bytes == 2 ? ((byte)5, (byte)10, 15) : bytes == 4 ? ((byte)8, (byte)23, 127) : ((byte)11, (byte)52, 1023);
        return new Body().Bytes(0x11, (byte)(isBigEndian ? 0x21 : 0x20), (byte)((8 * bytes) - 1), 0).Int(bytes)
            .Short(0).Short(8 * bytes).Bytes(parts.Mantissa, parts.Exponent, 0, parts.Mantissa).Int(parts.Bias).ToArray();
    }

    private long Write(long[] shape, float[] values)
    {
        var messages = new List<(int Kind, byte[] Body)>
        {
            (0x01, Space(shape)), (0x03, NumberType(style.NumberBytes, style.IsBigEndian)),
        };
        byte[] bytes = [.. values.SelectMany(Number)];
        if (style.Layout == 0)
        {
            messages.Add((0x08, new Body().Bytes(3, 0).Short(bytes.Length).Bytes(bytes).ToArray()));
        }
        else if (style.Layout == 1 || shape.Length == 0)
        {
            messages.Add((0x08, new Body().Bytes(3, 1).Long(Append(bytes)).Long(bytes.Length).ToArray()));
        }
        else
        {
            messages.Add((0x08, Chunks(shape, bytes)));
            if (style.Filters.Count > 0)
            {
                messages.Add((0x0B, FilterMessage()));
            }
        }

        return Header(messages);
    }

    private byte[] Number(float value)
    {
        byte[] bytes = style.NumberBytes switch
        {
            2 => BitConverter.GetBytes((Half)value),
            4 => BitConverter.GetBytes(value),
            _ => BitConverter.GetBytes((double)value),
        };
        if (style.IsBigEndian)
        {
            bytes.AsSpan().Reverse();
        }

        return bytes;
    }

    /// <summary>Chunks of a little more than half of each axis, so that those at its end go beyond it.</summary>
    private byte[] Chunks(long[] shape, byte[] bytes)
    {
        long[] chunk = [.. shape.Select(size => (size / 2) + 1)];
        long[] counts = [.. shape.Zip(chunk, (size, part) => ((size - 1) / part) + 1)];
        var leaves = new List<(byte[] Key, long Child)>();
        long all = counts.Aggregate(1L, (product, count) => product * count);
        for (long number = 0; number < all; number++)
        {
            var begin = new long[shape.Length];
            long left = number;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                begin[axis] = left % counts[axis] * chunk[axis];
                left /= counts[axis];
            }

            byte[] packed = Pack(Cut(shape, chunk, begin, bytes));
            var key = new Body().Int(packed.Length).Int(0);
            foreach (long at in begin)
            {
                key.Long(at);
            }

            leaves.Add((key.Long(0).ToArray(), Append(packed)));
        }

        var end = new Body().Int(0).Int(0);
        for (int axis = 0; axis < shape.Length; axis++)
        {
            end.Long(counts[axis] * chunk[axis]);
        }

        var layout = new Body().Bytes(3, 2, (byte)(shape.Length + 1)).Long(Tree(1, [.. leaves], end.Long(0).ToArray()));
        foreach (long size in chunk)
        {
            layout.Int((int)size);
        }

        return layout.Int(style.NumberBytes).ToArray();
    }

    private byte[] Cut(long[] shape, long[] chunk, long[] begin, byte[] bytes)
    {
        int width = style.NumberBytes;
        long count = chunk.Aggregate(1L, (product, size) => product * size);
        var cut = new byte[count * width];
        for (long i = 0; i < count; i++)
        {
            long left = i, from = 0, stride = 1;
            bool isInside = true;
            for (int axis = shape.Length - 1; axis >= 0; axis--)
            {
                long at = begin[axis] + (left % chunk[axis]);
                left /= chunk[axis];
                isInside &= at < shape[axis];
                from += at * stride;
                stride *= shape[axis];
            }

            if (isInside)
            {
                bytes.AsSpan((int)from * width, width).CopyTo(cut.AsSpan((int)i * width));
            }
        }

        return cut;
    }

    private byte[] Pack(byte[] bytes)
    {
        foreach (int filter in style.Filters)
        {
            bytes = filter == 1 ? Deflate(bytes) : Shuffle(bytes);
        }

        return bytes;
    }

    private static byte[] Deflate(byte[] bytes)
    {
        var packed = new MemoryStream();
        using (var deflater = new ZLibStream(packed, CompressionLevel.Optimal))
        {
            deflater.Write(bytes);
        }

        return packed.ToArray();
    }

    private byte[] Shuffle(byte[] bytes)
    {
        int count = bytes.Length / style.NumberBytes;
        int whole = count * style.NumberBytes;
        return
        [
            .. Enumerable.Range(0, whole).Select(i => bytes[(i % count * style.NumberBytes) + (i / count)]), .. bytes[whole..],
        ];
    }

    private byte[] FilterMessage()
    {
        var body = new Body().Bytes((byte)(style.IsNew ? 2 : 1), (byte)style.Filters.Count);
        _ = style.IsNew ? body : body.Short(0).Int(0);
        foreach (int filter in style.Filters)
        {
            // A name, which version 2 leaves out, flags and one value.
            body.Short(filter);
            _ = style.IsNew ? body : body.Short(8);
            body.Short(1).Short(1);
            _ = style.IsNew ? body : body.Text("filter\0\0");
            body.Int(filter == Shuffled ? style.NumberBytes : 4);
            _ = style.IsNew ? body : body.Int(0);
        }

        return body.ToArray();
    }

    /// <summary>A header whose first block has a message, and where it goes on.</summary>
    private long Header(List<(int Kind, byte[] Body)> messages)
    {
        var rest = new Body();
        if (style.IsNew)
        {
            rest.Text("OCHK");
        }

        foreach ((int kind, byte[] body) in messages.Skip(1))
        {
            Message(rest, kind, body);
        }

        byte[] block = (style.IsNew ? rest.Int(0) : rest).ToArray();
        var first = new Body();
        Message(first, messages[0].Kind, messages[0].Body);
        Message(first, 0x10, new Body().Long(Append(block)).Long(block.Length).ToArray());
        return Append(style.IsNew
            ? new Body().Text("OHDR").Bytes(2, 2).Int(first.Length).Bytes(first.ToArray()).Int(0).ToArray()
            : new Body().Bytes(1, 0).Short(messages.Count + 1).Int(1).Int(first.Length).Int(0).Bytes(first.ToArray()).ToArray());
    }

    private void Message(Body block, int kind, byte[] body)
    {
        if (style.IsNew)
        {
            block.Bytes((byte)kind).Short(body.Length).Bytes(0).Bytes(body);
        }
        else
        {
            block.Short(kind).Short((body.Length + 7) & ~7).Int(0).Bytes(body).Align();
        }
    }

    private long Append(byte[] bytes)
    {
        _file.AddRange(new byte[-_file.Count & 7]);
        long address = _file.Count;
        _file.AddRange(bytes);
        return address;
    }

    /// <summary>Bytes that follow each other.</summary>
    private sealed class Body
    {
        private readonly List<byte> _bytes = [];

        public int Length => _bytes.Count;

        public Body Bytes(params byte[] bytes)
        {
            _bytes.AddRange(bytes);
            return this;
        }

        public Body Text(string text) => Bytes(Encoding.ASCII.GetBytes(text));

        public Body Short(int value)
        {
            Span<byte> bytes = stackalloc byte[2];
            BinaryPrimitives.WriteUInt16LittleEndian(bytes, checked((ushort)value));
            return Bytes(bytes.ToArray());
        }

        public Body Int(int value) => Bytes(BitConverter.GetBytes(value));

        public Body Long(long value) => Bytes(BitConverter.GetBytes(value));

        public Body Align() => Bytes(new byte[-_bytes.Count & 7]);

        public byte[] ToArray() => [.. _bytes];
    }
}
