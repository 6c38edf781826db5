namespace Recurrent.Formats.Hdf5;

/// <summary>A named value of a group.</summary>
internal sealed class Hdf5Attribute
{
    private readonly Hdf5Context _context;
    private readonly string _name;
    private readonly Hdf5Block _type;
    private readonly Hdf5Block _space;
    private readonly Hdf5Block _values;

    private Hdf5Attribute(Hdf5Context context, string name, Hdf5Block type, Hdf5Block space, Hdf5Block values)
    {
        _context = context;
        _name = name;
        _type = type;
        _space = space;
        _values = values;
    }

    /// <summary>Finds the attributes of an object. What they hold is read when it is asked for.</summary>
    public static IReadOnlyDictionary<string, Hdf5Attribute> ReadAll(
        Hdf5Context context, IReadOnlyList<Hdf5Message> messages, string owner)
    {
        var attributes = new Dictionary<string, Hdf5Attribute>(StringComparer.Ordinal);
        foreach (Hdf5Message message in messages)
        {
            if (message.Kind == Hdf5Message.AttributeInfo)
            {
                RequireInHeader(message.Body.Fresh(), owner);
            }
            else if (message.Kind == Hdf5Message.Attribute)
            {
                Hdf5Attribute attribute = Read(context, message.Body.Fresh(), owner, out string name);
                if (!attributes.TryAdd(name, attribute))
                {
                    throw new ModelFormatException($"HDF5: '/{owner}' has the attribute '{name}' twice.");
                }
            }
        }

        return attributes;
    }

    /// <summary>The only text.</summary>
    public string Text() => Texts() is [string text]
        ? text
        : throw new ModelFormatException($"HDF5: the attribute '{_name}' is a list; expected one text.");

    /// <summary>All texts. Where there is no value there is no text, whatever its type: h5py writes an empty list so.</summary>
    public IReadOnlyList<string> Texts()
    {
        long count = Hdf5Space.Read(_space.Fresh()).Count(_name);
        if (count == 0)
        {
            return [];
        }

        Hdf5Type type = Hdf5Type.Read(_type.Fresh());
        if (type.Text == Hdf5Text.None)
        {
            throw new ModelFormatException($"HDF5: the attribute '{_name}' holds {type.Description}; expected text.");
        }

        Hdf5Block values = _values.Fresh();
        var texts = new List<string>();
        for (long i = 0; i < count; i++)
        {
            texts.Add(type.Text == Hdf5Text.Fixed ? ReadFixed(values, type.Size) : ReadVariable(values));
        }

        return texts;
    }

    private static Hdf5Attribute Read(Hdf5Context context, Hdf5Block body, string owner, out string name)
    {
        int version = body.RequireVersion("an attribute", 1, 3);
        long at = body.Offset;
        if (body.Byte() != 0 && version > 1)
        {
            throw Hdf5Refusal.At(at, "an attribute with a shared type is not supported");
        }

        int nameBytes = body.UInt16();
        int typeBytes = body.UInt16();
        int spaceBytes = body.UInt16();
        body.Skip(version == 3 ? 1 : 0);
        int begin = body.Position;
        Hdf5Block Part(int count)
        {
            Hdf5Block part = body.Part(count);
            if (version == 1)
            {
                body.Align(begin);
            }

            return part;
        }

        name = Part(nameBytes).Name(nameBytes);
        Hdf5Block type = Part(typeBytes);
        Hdf5Block space = Part(spaceBytes);
        return new Hdf5Attribute(context, $"{owner}@{name}", type, space, body.Part(body.Left));
    }

    private static void RequireInHeader(Hdf5Block info, string owner)
    {
        info.Skip(1);
        int flags = info.Byte();
        info.Skip((flags & 1) != 0 ? 2 : 0);
        if (info.Address() is not null)
        {
            throw new ModelFormatException(
                $"HDF5: '/{owner}' has its attributes in a fractal heap (dense attributes), which is not supported; written "
                + "with h5py's libver='earliest' they are in the header.");
        }
    }

    private string ReadFixed(Hdf5Block values, int size)
    {
        ReadOnlySpan<byte> bytes = values.Memory(size).Span;
        _context.Pieces.Budget.TakeText(bytes.Length, $"HDF5, attribute '{_name}'");
        return Hdf5Block.Text(bytes);
    }

    private string ReadVariable(Hdf5Block values)
    {
        uint length = values.UInt32();
        long? address = values.Address();
        uint index = values.UInt32();
        if (length == 0 || address is not { } heap)
        {
            return "";
        }

        (long offset, long size) = _context.Heap.Find(heap, index);
        if (length > size)
        {
            throw Hdf5Refusal.At(offset, $"a text has {length} bytes; expected at most the {size} of its place in the heap");
        }

        _context.Pieces.Budget.TakeText(length, $"HDF5, attribute '{_name}'");
        return Hdf5Block.Text(_context.Pieces.Read(offset, length, "a text").Memory(length).Span);
    }
}
