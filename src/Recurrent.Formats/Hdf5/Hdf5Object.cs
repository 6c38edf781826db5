namespace Recurrent.Formats.Hdf5;

/// <summary>A group or a data set, with its attributes. What it holds is read when it is asked for.</summary>
internal sealed class Hdf5Object
{
    private readonly Hdf5Context _context;
    private readonly IReadOnlyList<Hdf5Message> _messages;
    private readonly Lazy<IReadOnlyDictionary<string, long>> _links;
    private readonly Lazy<IReadOnlyDictionary<string, Hdf5Attribute>> _attributes;

    private Hdf5Object(Hdf5Context context, IReadOnlyList<Hdf5Message> messages, string name)
    {
        _context = context;
        _messages = messages;
        Name = name;
        _links = new(() => Hdf5Links.Read(context.Pieces, messages, name));
        _attributes = new(() => Hdf5Attribute.ReadAll(context, messages, name));
    }

    /// <summary>Its path from the root, for messages.</summary>
    public string Name { get; }

    /// <summary>Whether it is a data set; otherwise it is a group.</summary>
    public bool IsData => _messages.Any(message => message.Kind == Hdf5Message.Layout);

    /// <summary>The names of what is in the group.</summary>
    public IEnumerable<string> Names => _links.Value.Keys;

    public static Hdf5Object Read(Hdf5Context context, long offset, string name) =>
        new(context, Hdf5Header.Read(context.Pieces, offset, name), name);

    /// <summary>An attribute; null if there is none of this name.</summary>
    public Hdf5Attribute? Attribute(string name) => _attributes.Value.GetValueOrDefault(name);

    /// <summary>What a group holds under a path; null if there is nothing.</summary>
    public Hdf5Object? Find(string path)
    {
        Hdf5Object found = this;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (found.IsData || !found._links.Value.TryGetValue(part, out long offset))
            {
                return null;
            }

            found = Read(_context, offset, found.Name.Length == 0 ? part : $"{found.Name}/{part}");
        }

        return found;
    }

    /// <summary>The data set as a tensor.</summary>
    /// <param name="name">What the tensor is called.</param>
    public Tensor ToTensor(string name)
    {
        if (_messages.Any(message => message.Kind == Hdf5Message.ExternalFiles))
        {
            throw new ModelFormatException($"HDF5: '/{Name}' has its values in other files, which is not supported.");
        }

        Hdf5Type type = Hdf5Type.Read(Require(Hdf5Message.Datatype, "type"));
        Hdf5Space space = Hdf5Space.Read(Require(Hdf5Message.Dataspace, "shape"));
        if (type.Element is not { } element)
        {
            throw new ModelFormatException($"HDF5: '/{Name}' holds {type.Description}; expected numbers.");
        }

        _context.Values.TakeTensor(space.ByteCount(type.Size, Name) / type.Size, name);
        Hdf5Block? filters = Find(Hdf5Message.Filters)?.Fresh();
        Hdf5Storage storage = Hdf5Storage.Read(
            _context, Require(Hdf5Message.Layout, "layout"), filters, space, type.Size, Name);
        return new Hdf5Tensor(name, element, space.Sizes, type.IsBigEndian, storage);
    }

    private Hdf5Block? Find(int kind)
    {
        foreach (Hdf5Message message in _messages)
        {
            if (message.Kind == kind)
            {
                return message.Body;
            }
        }

        return null;
    }

    private Hdf5Block Require(int kind, string what) =>
        Find(kind)?.Fresh() ?? throw new ModelFormatException($"HDF5: '/{Name}' has no {what}; expected a data set.");
}
