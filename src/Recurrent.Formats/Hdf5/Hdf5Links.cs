namespace Recurrent.Formats.Hdf5;

/// <summary>What a group holds: by links in its header, or by a symbol table.</summary>
internal static class Hdf5Links
{
    private const int LinkBytes = 128;

    /// <summary>Reads where the objects of a group are, by name.</summary>
    public static IReadOnlyDictionary<string, long> Read(
        Hdf5Pieces pieces, IReadOnlyList<Hdf5Message> messages, string owner)
    {
        var links = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (Hdf5Message message in messages)
        {
            Hdf5Block body = message.Body.Fresh();
            switch (message.Kind)
            {
                case Hdf5Message.LinkInfo:
                    RequireInHeader(body, owner);
                    break;
                case Hdf5Message.Link:
                    AddLink(body);
                    break;
                case Hdf5Message.SymbolTable:
                    new Hdf5SymbolTable(pieces, Add).Read(body);
                    break;
            }
        }

        return links;

        void AddLink(Hdf5Block body)
        {
            body.RequireVersion("a link", 1, 1);
            int flags = body.Byte();
            long at = body.Offset;
            int kind = (flags & 8) != 0 ? body.Byte() : 0;
            body.Skip(((flags & 4) != 0 ? 8 : 0) + ((flags & 0x10) != 0 ? 1 : 0));
            int nameBytes = (int)Math.Min(body.Size(1 << (flags & 3)), int.MaxValue);
            string name = body.Name(nameBytes);
            if (kind != 0)
            {
                throw Hdf5Refusal.At(at, $"'{name}' is a link of kind {kind} (soft or external), which is not supported");
            }

            Add(name, body.RequireAddress($"'{name}'"));
        }

        void Add(string name, long address)
        {
            pieces.Budget.Take(LinkBytes + (2L * name.Length), $"HDF5: the group '/{owner}'");

            // A path is divided by slashes; what has one in its name, or none, could not be found by it.
            if (name.Length == 0 || name.Contains('/', StringComparison.Ordinal))
            {
                throw new ModelFormatException($"HDF5: '/{owner}' has an object called '{name}', which is no name.");
            }

            if (!links.TryAdd(name, address))
            {
                throw new ModelFormatException($"HDF5: '/{owner}' has '{name}' twice.");
            }
        }
    }

    private static void RequireInHeader(Hdf5Block info, string owner)
    {
        info.RequireVersion("the information of links", 0, 0);
        int flags = info.Byte();
        info.Skip((flags & 1) != 0 ? 8 : 0);
        if (info.Address() is not null)
        {
            throw new ModelFormatException(
                $"HDF5: the group '/{owner}' has its links in a fractal heap (a dense group), which is not supported; "
                + "written with h5py's libver='earliest' they are in a symbol table.");
        }
    }
}
