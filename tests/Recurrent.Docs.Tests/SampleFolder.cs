using System.Diagnostics;

namespace Recurrent.Docs.Tests;

/// <summary>A folder with the files that the documents name, current while it exists.</summary>
public sealed class SampleFolder : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

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
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        // A line that takes longer says so in its document, and is not run.
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            return (-1, $"{start.FileName} {string.Join(' ', arguments)}: not at its end after {Patience}");
        }

        return (process.ExitCode, output.Result + error.Result);
    }
}
