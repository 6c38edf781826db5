using System.Diagnostics;
using System.Globalization;

namespace Recurrent.Tests.Files;

/// <summary>A file system of 64 KiB, mounted as long as a test runs; the test is skipped where nobody may mount one.</summary>
internal sealed class FullDisk : IDisposable
{
    private const int Bytes = 1 << 16;

    public FullDisk()
    {
        string size = string.Create(CultureInfo.InvariantCulture, $"size={Bytes}");
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", size, "tmpfs", Folder) != 0)
        {
            Directory.Delete(Folder);
            Assert.Skip("a file system of its own cannot be mounted here: that takes Linux and root");
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("recurrent-full").FullName;

    public void Dispose()
    {
        Run("umount", Folder);
        Directory.Delete(Folder);
    }

    private static int Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true };
        try
        {
            using Process process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
