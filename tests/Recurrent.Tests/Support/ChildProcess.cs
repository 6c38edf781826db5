using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Recurrent.Tests.Support;

/// <summary>
/// Runs the body of a test in a process of its own, with another environment: the library is loaded and the instruction
/// set chosen once a process. The child runs the same test, and knows by an environment variable that it is the child.
/// </summary>
internal static class ChildProcess
{
    private const string Marker = "RECURRENT_TEST_CHILD";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Runs the body in a child with a variable of its environment set; in that child, runs it here.</summary>
    public static void Run(
        Type type, string variable, string value, Action body, [CallerMemberName] string method = "")
    {
        if (Environment.GetEnvironmentVariable(Marker) == method)
        {
            body();
            return;
        }

        using Process process = Start(type, method, variable, value);
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(Patience), "The child process does not end.");
        Assert.True(process.ExitCode == 0, output);
        Assert.Contains("Total: 1, Errors: 0, Failed: 0, Skipped: 0, Not Run: 0", output, StringComparison.Ordinal);
    }

    /// <summary>Starts a process that runs one test, with variables of its environment set; its output is redirected.</summary>
    public static Process Start(Type type, string method, string variable, string value)
    {
        string program = Environment.ProcessPath!;
        string assembly = type.Assembly.Location;
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? ["exec", assembly] : [];
        ProcessStartInfo start = new(program, [.. host, "-method", $"{type.FullName}.{method}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // This process may be in the middle of a protocol with its runner, in which the other one has no part.
        foreach (string inherited in start.Environment.Keys.Where(IsOfRunner).ToArray())
        {
            start.Environment.Remove(inherited);
        }

        start.Environment[variable] = value;
        start.Environment[Marker] = method;
        return Process.Start(start)!;
    }

    private static bool IsOfRunner(string variable) =>
        variable.StartsWith("TESTINGPLATFORM_", StringComparison.Ordinal)
        || variable.StartsWith("DOTNET_CLI_", StringComparison.Ordinal);
}
