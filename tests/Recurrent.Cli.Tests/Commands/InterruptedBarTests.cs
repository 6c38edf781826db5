using System.Diagnostics;
using System.Text;

namespace Recurrent.Cli.Tests.Commands;

/// <summary>Ctrl-C under a bar, in a terminal that <c>script</c> makes.</summary>
public sealed class InterruptedBarTests
{
    private const string CtrlC = "\u0003";
    private const string HideCursor = "\u001b[?25l";
    private const string ShowCursor = "\u001b[?25h";

    [Fact]
    public async Task The_cursor_is_there_again()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/script"), "This machine does not have script (util-linux), which makes a terminal.");
        string tool = typeof(CommandLine).Assembly.Location;
        ProcessStartInfo start = new(
            "/usr/bin/script", ["-qec", $"stty cols 80 rows 24; exec dotnet '{tool}' bench lstm --hidden 256 --seconds 60", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["TERM"] = "xterm";
        using Process process = Process.Start(start)!;
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        try
        {
            string shown = await ReadUntil(process.StandardOutput, HideCursor, end.Token);
            Task<string> rest = ReadUntil(process.StandardOutput, null, end.Token);
            do
            {
                // Again after a while: what is typed while a terminal is set up can be lost.
                await process.StandardInput.WriteAsync(CtrlC);
                await process.StandardInput.FlushAsync(end.Token);
            }
            while (await Task.WhenAny(rest, Task.Delay(TimeSpan.FromSeconds(5), end.Token)) != rest && !end.IsCancellationRequested);
            shown += await rest;

            Assert.True(
                shown.LastIndexOf(ShowCursor, StringComparison.Ordinal) > shown.LastIndexOf(HideCursor, StringComparison.Ordinal), shown);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>What is written until a text comes; null for the end.</summary>
    private static async Task<string> ReadUntil(StreamReader reader, string? text, CancellationToken cancellation)
    {
        StringBuilder read = new();
        char[] buffer = new char[1024];
        for (int count; (count = await reader.ReadAsync(buffer, cancellation)) > 0;)
        {
            read.Append(buffer, 0, count);
            if (text is not null && read.ToString().Contains(text, StringComparison.Ordinal))
            {
                break;
            }
        }

        return read.ToString();
    }
}
