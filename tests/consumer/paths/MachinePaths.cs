#:property PublishAot=false
// Packages tell nobody where they were built. Arguments: the root of the tree, and the packages.
// Ends with 1 and the file's name if an assembly, a symbol file or the package's description names the root.
using System.IO.Compression;
using System.Reflection.Metadata;
using System.Text;

string root = Path.TrimEndingDirectorySeparator(args[0]);
byte[][] spellings = [Encoding.UTF8.GetBytes(root), Encoding.Unicode.GetBytes(root)];
int checkedFiles = 0, found = 0;
foreach (string package in args.Skip(1))
{
    using ZipArchive archive = ZipFile.OpenRead(package);
    foreach (ZipArchiveEntry entry in archive.Entries)
    {
        using MemoryStream content = new();
        using (Stream stream = entry.Open())
        {
            stream.CopyTo(content);
        }

        checkedFiles++;
        if (spellings.Any(spelling => content.GetBuffer().AsSpan(0, (int)content.Length).IndexOf(spelling) >= 0)
            || (entry.Name.EndsWith(".pdb", StringComparison.Ordinal) && Documents(content).Any(name => name.StartsWith(root))))
        {
            found++;
            Console.WriteLine($"{Path.GetFileName(package)}, {entry.FullName}: names {root}");
        }
    }
}

Console.WriteLine($"{checkedFiles} files in {args.Length - 1} packages, {found} with the path of the tree");
return checkedFiles > 0 && found == 0 ? 0 : 1;

// A symbol file keeps its documents' names in parts, so that a search in its bytes does not see them.
static IEnumerable<string> Documents(MemoryStream content)
{
    content.Position = 0;
    MetadataReader symbols = MetadataReaderProvider.FromPortablePdbStream(content).GetMetadataReader();
    return [.. symbols.Documents.Select(document => symbols.GetString(symbols.GetDocument(document).Name))];
}
