using System.Diagnostics;
using System.Text.RegularExpressions;
using Recurrent.Bindgen.Emit;

namespace Recurrent.Bindgen.Tests;

/// <summary>The machine's own C compiler lays the interface out as libclang said.</summary>
public sealed partial class LayoutTests
{
    private const string Asserts = BindingEmitter.CFolder + "/abi_layout.c";

    [Fact]
    public void The_committed_assertions_hold_for_the_compiler()
    {
        (int status, string errors) = Compile(File.ReadAllText(Path.Combine(Tree.Root, Asserts)));

        Assert.True(status == 0, errors);
    }

    [Fact]
    public void Every_assertion_fails_when_its_number_is_wrong()
    {
        string text = File.ReadAllText(Path.Combine(Tree.Root, Asserts));
        int count = Assertion().Count(text);
        string wrong = Assertion().Replace(text, match => $"_Static_assert({match.Groups["what"].Value} == 77, \"");

        (int status, string errors) = Compile(wrong);

        Assert.NotEqual(0, status);
        Assert.True(count > 100, $"Only {count} assertions.");
        Assert.Equal(count, StaticAssertionFailed().Count(errors));
    }

    private static (int Status, string Errors) Compile(string source)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, source);
            ProcessStartInfo start = new("cc")
            {
                ArgumentList =
                {
                    "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fsyntax-only", "-fmax-errors=0",
                    "-I", Path.GetDirectoryName(Path.GetDirectoryName(Tree.HeaderPath))!, "-x", "c", file,
                },
                RedirectStandardError = true,
                Environment = { ["LC_ALL"] = "C" },
            };
            using Process compiler = Start(start);
            string errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            return (compiler.ExitCode, errors);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static Process Start(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("There is no C compiler `cc` on this machine.");
            throw;
        }
    }

    [GeneratedRegex(@"_Static_assert\((?<what>.+?) == -?\d+, """)]
    private static partial Regex Assertion();

    [GeneratedRegex(@"error: static assertion failed")]
    private static partial Regex StaticAssertionFailed();
}
