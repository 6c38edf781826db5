using System.ComponentModel;
using System.Diagnostics;
using Recurrent.Interop;

namespace Recurrent.Tests.Interop;

/// <summary>
/// The library has what the compiler and the linker offer against faults that nobody knows of: canaries behind arrays on
/// the stack, copies that know the size of where they go, tables that are read-only once the library is loaded.
/// </summary>
public sealed class HardeningTests
{
    [Fact]
    public void Functions_with_arrays_on_the_stack_have_canaries() =>
        Assert.Contains("__stack_chk_fail", Read("--dyn-syms"), StringComparison.Ordinal);

    [Fact]
    public void Copies_are_those_of_fortify() =>
        Assert.Matches(@"UND __\w+_chk\b", Read("--dyn-syms").Replace("__stack_chk_fail", "", StringComparison.Ordinal));

    [Fact]
    public void Addresses_are_resolved_when_the_library_is_loaded_and_read_only_from_then_on()
    {
        Assert.Contains("BIND_NOW", Read("--dynamic"), StringComparison.Ordinal);
        Assert.Contains("GNU_RELRO", Read("--segments"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_stack_cannot_be_executed()
    {
        string stack = Read("--segments").Split('\n').Single(line => line.Contains("GNU_STACK", StringComparison.Ordinal));

        Assert.Matches(@"\bRW\b", stack);
        Assert.DoesNotMatch(@"\bRWE\b", stack);
    }

    private static string Read(string what)
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Skip("The library is an ELF file on Linux only.");
        }

        NativeLibraryLoader.EnsureLoaded();
        ProcessStartInfo start = new("readelf", ["--wide", what, NativeLibraryLoader.LoadedPath!])
        {
            RedirectStandardOutput = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.Equal(0, process.ExitCode);
            return output;
        }
        catch (Win32Exception)
        {
            Assert.Skip("There is no readelf on this machine.");
            throw;
        }
    }
}
