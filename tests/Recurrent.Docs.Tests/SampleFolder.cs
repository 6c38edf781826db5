using System.Diagnostics;

namespace Recurrent.Docs.Tests;

/// <summary>A folder with the files that the documents name, current while it exists.</summary>
public sealed class SampleFolder : IDisposable
{
    private readonly string _before = Environment.CurrentDirectory;

    /// <summary>Writes the files and goes there.</summary>
    public SampleFolder()
    {
        Folder = Directory.CreateTempSubdirectory("recurrent-docs-").FullName;
        Environment.CurrentDirectory = Folder;
        Samples.WriteFiles(Folder);
    }

    /// <summary>Its path.</summary>
    public string Folder { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Environment.CurrentDirectory = _before;
        Directory.Delete(Folder, recursive: true);
    }

    /// <summary>Runs a program there.</summary>
    /// <returns>Its exit code, and what it wrote.</returns>
    internal (int ExitCode, string Output) Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            WorkingDirectory = Folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // The user's packages are read, but ours are not left among them: one of the same version would answer for the next build's.
        string user = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        start.Environment["NUGET_PACKAGES"] = Path.Combine(Folder, ".packages");
        if (Directory.Exists(user))
        {
            start.Environment["RestoreFallbackFolders"] = user;
        }

        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd() + error.Result;
        process.WaitForExit();
        return (process.ExitCode, output);
    }
}
