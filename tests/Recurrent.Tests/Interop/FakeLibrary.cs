using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Recurrent.Interop;

namespace Recurrent.Tests.Interop;

/// <summary>A folder with a library that is not quite the right one.</summary>
internal sealed class FakeLibrary : IDisposable
{
    /// <summary>The folder.</summary>
    public string Folder { get; } = Directory.CreateTempSubdirectory("recurrent-interop-").FullName;

    /// <summary>Path that the library has in it.</summary>
    public string FilePath => Path.Combine(Folder, NativeLibrarySearch.FileName);

    /// <summary>A search that looks here and nowhere else.</summary>
    public NativeLibrarySearch Search => new() { Folders = [Folder] };

    /// <summary>Compiles a library in C; skips the test where that cannot be done.</summary>
    public FakeLibrary Compile(string source)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip($"Test libraries are compiled on Linux only, not on {RuntimeInformation.RuntimeIdentifier}.");
        }

        string sourcePath = Path.Combine(Folder, "fake.c");
        File.WriteAllText(sourcePath, source);
        try
        {
            using Process compiler = Process.Start("cc", ["-shared", "-fPIC", "-o", FilePath, sourcePath]);
            compiler.WaitForExit();
            Assert.Equal(0, compiler.ExitCode);
        }
        catch (Win32Exception)
        {
            Assert.Skip("There is no C compiler `cc` on this machine.");
        }

        return this;
    }

    /// <summary>Writes a file in the library's place.</summary>
    public FakeLibrary Write(byte[] contents)
    {
        File.WriteAllBytes(FilePath, contents);
        return this;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
