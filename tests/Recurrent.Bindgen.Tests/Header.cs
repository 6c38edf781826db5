using Recurrent.Bindgen.FrontEnd.Clang;

namespace Recurrent.Bindgen.Tests;

/// <summary>A header in a folder of its own, and the command run on it.</summary>
internal sealed class Header : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("recurrent-bindgen-").FullName;

    public Header(string text)
    {
        SkipWithoutLibClang();
        _ = Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        File.WriteAllText(FilePath, text);
    }

    /// <summary>Where the header is.</summary>
    public string FilePath => Path.Combine(_folder, "include", "recurrent", "test.h");

    /// <summary>Where its generated files go.</summary>
    public string Root => Path.Combine(_folder, "tree");

    /// <summary>Skips the test that asks, by its name and with the reason, on a machine without libclang.</summary>
    public static void SkipWithoutLibClang()
    {
        try
        {
            LibClangLoader.EnsureLoaded();
        }
        catch (BindgenException exception)
        {
            Assert.Skip(exception.Message);
        }
    }

    /// <summary>Runs the command on this header.</summary>
    public CommandResult Run(params string[] arguments) =>
        CommandResult.Of(["--header", FilePath, "--out", Root, .. arguments], _folder);

    /// <summary>Text of a generated file.</summary>
    public string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}

/// <summary>What the command did.</summary>
internal sealed record CommandResult(int Status, string Output, string Errors)
{
    public static CommandResult Of(IReadOnlyList<string> arguments, string currentFolder)
    {
        StringWriter output = new();
        StringWriter errors = new();
        int status = BindgenApplication.Run(arguments, currentFolder, new ClangHeaderFrontEnd(), output, errors);
        return new CommandResult(status, output.ToString(), errors.ToString());
    }
}
