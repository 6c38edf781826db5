using System.Diagnostics;

namespace Recurrent.Tests.Support;

/// <summary>
/// Runs a test in a process of its own, with another environment: the library is loaded and the instruction set chosen
/// once a process. Tests made for this are explicit, so that they do not run here as well.
/// </summary>
internal static class ChildProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static void Run(Type type, string method, string variable, string value)
    {
        string program = Environment.ProcessPath!;
        string assembly = type.Assembly.Location;
        string[] host = Path.GetFileNameWithoutExtension(program) == "dotnet" ? ["exec", assembly] : [];
        ProcessStartInfo start = new(program, [.. host, "-explicit", "only", "-method", $"{type.FullName}.{method}"])
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
        using Process process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        string output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(Patience), "The child process does not end.");
        Assert.True(process.ExitCode == 0, output);
        Assert.Contains("Total: 1,", output, StringComparison.Ordinal);
    }

    private static bool IsOfRunner(string variable) =>
        variable.StartsWith("TESTINGPLATFORM_", StringComparison.Ordinal)
        || variable.StartsWith("DOTNET_CLI_", StringComparison.Ordinal);
}
