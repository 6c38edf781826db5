namespace Recurrent.Bindgen;

/// <summary>What the caller asks for.</summary>
/// <param name="Header">Path of the header.</param>
/// <param name="Root">Folder below which the generated files lie.</param>
/// <param name="IsCheck">Whether to compare instead of to write.</param>
internal sealed record CommandLine(string Header, string Root, bool IsCheck)
{
    /// <summary>Path of the header below the root of the tree.</summary>
    internal const string DefaultHeader = "native/include/recurrent/recurrent.h";

    internal const string Usage = """
        Writes the C# bindings and the C layout assertions of the interface header.

        usage: Recurrent.Bindgen [--check] [--header FILE] [--out FOLDER]

          --check        compare the files with what the header asks for; exit 1 if they differ
          --header FILE  the header (default: native/include/recurrent/recurrent.h of the tree)
          --out FOLDER   root of the tree that the files are in or go to (default: the tree)

        The tree is the first folder with that header from the current one upwards.
        """;

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="BindgenException">They make no sense.</exception>
    internal static CommandLine Parse(IReadOnlyList<string> arguments, string currentFolder)
    {
        string? header = null;
        string? root = null;
        bool isCheck = false;
        for (int i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--check":
                    isCheck = true;
                    break;
                case "--header":
                    header = ValueOf(arguments, ref i);
                    break;
                case "--out":
                    root = ValueOf(arguments, ref i);
                    break;
                default:
                    throw new BindgenException($"Unknown argument `{arguments[i]}`.\n\n{Usage}");
            }
        }

        if (header is null || root is null)
        {
            string tree = FindTree(currentFolder);
            header ??= Path.Combine(tree, DefaultHeader);
            root ??= tree;
        }

        return new CommandLine(header, root, isCheck);
    }

    private static string ValueOf(IReadOnlyList<string> arguments, ref int index) =>
        ++index < arguments.Count
            ? arguments[index]
            : throw new BindgenException($"`{arguments[index - 1]}` needs a value.\n\n{Usage}");

    private static string FindTree(string folder)
    {
        for (DirectoryInfo? candidate = new(folder); candidate is not null; candidate = candidate.Parent)
        {
            if (File.Exists(Path.Combine(candidate.FullName, DefaultHeader)))
            {
                return candidate.FullName;
            }
        }

        throw new BindgenException(
            $"Neither {folder} nor a folder above it holds {DefaultHeader}: run this inside of the tree, or give "
            + "--header and --out.");
    }
}
