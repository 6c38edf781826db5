using System.IO.Compression;

namespace Recurrent.Fuzz.Mutations;

/// <summary>Edits the members of a zip file and packs it again.</summary>
/// <param name="inner">What edits a member; it says by the name which ones it knows.</param>
/// <param name="extensions">The names that such files have.</param>
internal sealed class ZipMutator(Func<string, IMutator?> inner, params string[] extensions) : IMutator
{
    private const int MostUnpacked = 16 << 20;

    public bool Knows(string name) => extensions.Contains(Path.GetExtension(name));

    public byte[]? Mutate(byte[] bytes, byte[] other, Random random)
    {
        if (Unpack(bytes) is not { Count: > 0 } members)
        {
            return null;
        }

        int at = random.Next(2) == 0 ? Math.Max(0, members.FindIndex(member => inner(member.Name) is not null)) : random.Next(members.Count);
        (string name, byte[] contents) = members[at];
        switch (random.Next(8))
        {
            case 0:
                members.RemoveAt(at);
                break;
            case 1:
                members.Add(members[at]);
                break;
            case 2:
                members[at] = (members[random.Next(members.Count)].Name, contents);
                break;
            case 3:
                members[at] = (random.Next(2) == 0 ? name + "x" : Values.Text(random), contents);
                break;
            case 4:
                // Much that takes little room; now and then very much, which takes its time.
                int most = random.Next(8) == 0 ? 8 << 20 : 64 << 10;
                members[at] = (name, [.. contents, .. new byte[random.Next(1, most)]]);
                break;
            default:
                members[at] = (name, (inner(name) ?? ByteMutator.Instance).Mutate(contents, contents, random) ?? contents);
                break;
        }

        return Pack(members, random.Next(2) == 0 ? CompressionLevel.NoCompression : CompressionLevel.Fastest);
    }

    private static List<(string Name, byte[] Contents)>? Unpack(byte[] bytes)
    {
        try
        {
            using var archive = new ZipArchive(new MemoryStream(bytes));
            if (archive.Entries.Sum(entry => Math.Min(entry.Length, MostUnpacked)) >= MostUnpacked)
            {
                return null;
            }

            return [.. archive.Entries.Select(entry => (entry.FullName, Contents(entry)))];
        }
        catch (Exception e) when (e is InvalidDataException or IOException or ArgumentException or NotSupportedException)
        {
            return null;
        }
    }

    private static byte[] Contents(ZipArchiveEntry entry)
    {
        using Stream stream = entry.Open();
        var contents = new MemoryStream();
        stream.CopyTo(contents);
        return contents.ToArray();
    }

    private static byte[] Pack(IEnumerable<(string Name, byte[] Contents)> members, CompressionLevel level)
    {
        var stream = new MemoryStream();
        using (var archive = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach ((string name, byte[] contents) in members)
            {
                using Stream entry = archive.CreateEntry(Shortened(name), level).Open();
                entry.Write(contents);
            }
        }

        return stream.ToArray();
    }

    /// <summary>A name's length has two bytes; the writer refuses a longer one.</summary>
    private static string Shortened(string name) => name.Length switch
    {
        0 => "0",
        > 60_000 => name[..60_000],
        _ => name,
    };
}
