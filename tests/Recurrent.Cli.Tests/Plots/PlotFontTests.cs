using System.Diagnostics;
using Recurrent.Cli.Tests.Commands;
using SkiaSharp;

namespace Recurrent.Cli.Tests.Plots;

/// <summary>Text is drawn with the tool's own font, and so it is the same on every machine.</summary>
public sealed class PlotFontTests
{
    // Skia looks for fonts in this folder of a Linux machine and asks nobody else.
    private const string WithoutFonts = """mount -t tmpfs none /usr/share/fonts && exec "$@" """;

    [Theory]
    [InlineData("plot.svg")]
    [InlineData("plot.png")]
    public void A_plot_is_the_same_on_a_machine_without_any_font(string name)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Fonts can be hidden from a process on Linux only.");
        Assert.SkipUnless(Directory.Exists("/usr/share/fonts"), "This machine has no fonts that could be hidden.");
        using var files = new CommandFiles();
        string with = files.PathOf("with-" + name);
        string without = files.PathOf("without-" + name);
        string[] plot =
        [
            Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet",
            Path.Combine(AppContext.BaseDirectory, "Recurrent.Cli.dll"),
            "compare", CommandFiles.Capture, "--reference", "double", "--time", "20", "--plot",
        ];

        Run([.. plot, with]);
        Run([.. Unshare(), "sh", "-c", WithoutFonts, "sh", .. plot, without]);

        Assert.Equal(File.ReadAllBytes(with), File.ReadAllBytes(without));
        if (Path.GetExtension(name) == ".svg")
        {
            new SvgPlot(File.ReadAllText(without)).AssertShows(
                "step", "absolute difference (units of the output, log scale)", "difference");
        }
        else
        {
            AssertInk(without);
        }
    }

    // The name of the horizontal axis is in the middle of the last lines.
    private static void AssertInk(string path)
    {
        using SKBitmap pixels = SKBitmap.Decode(path);
        int dark = 0;
        for (int y = pixels.Height - 50; y < pixels.Height; y++)
        {
            for (int x = pixels.Width / 3; x < 2 * pixels.Width / 3; x++)
            {
                dark += pixels.GetPixel(x, y).Red < 128 ? 1 : 0;
            }
        }

        Assert.InRange(dark, 100, 5000);
    }

    /// <summary>How a process gets mounts of its own here; skips the test where it cannot.</summary>
    private static string[] Unshare()
    {
        string[][] ways = [["unshare", "--mount"], ["unshare", "--mount", "--map-root-user"]];
        string reason = string.Empty;
        foreach (string[] way in ways)
        {
            (int exitCode, reason) = Start([.. way, "sh", "-c", "mount -t tmpfs none /usr/share/fonts"]);
            if (exitCode == 0)
            {
                return way;
            }
        }

        Assert.Skip($"No process of its own mounts can be started here: {reason.Trim()}");
        return [];
    }

    private static void Run(string[] command)
    {
        (int exitCode, string text) = Start(command);
        Assert.True(exitCode == 0, text);
    }

    private static (int ExitCode, string Text) Start(string[] command)
    {
        ProcessStartInfo start = new(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output + error.Result);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, e.Message);
        }
    }
}
