using System.Diagnostics;
using System.Runtime.InteropServices;
using Spectre.Console;

namespace Recurrent.Cli.Display;

/// <summary>A bar on the terminal while something is computed; nothing where there is no terminal.</summary>
internal static class ProgressBar
{
    // Drawing takes longer than many a call.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    // The control sequence that shows the cursor, which a bar hides.
    private const string ShowCursor = "\u001b[?25h";

    /// <summary>Does something, and shows how far it is.</summary>
    /// <param name="title">What is done.</param>
    /// <param name="total">How much there is to do.</param>
    /// <param name="error">Where errors go: the bar is beside what is written.</param>
    /// <param name="work">Does it; tells how much is done.</param>
    public static T Show<T>(string title, int total, TextWriter error, Func<Action<int>, T> work)
    {
        if (Screen.TerminalColumns(error) is null)
        {
            return work(static _ => { });
        }

        // Whoever ends the tool with Ctrl-C wants to see the cursor again.
        void Restore(PosixSignalContext context) => error.WriteLine(ShowCursor);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Restore);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Restore);

        // A bar that draws itself would take a processor from what is measured; this one is drawn between two calls of it.
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        return console.Progress().AutoClear(true).AutoRefresh(false).Start(context =>
        {
            ProgressTask task = context.AddTask(Markup.Escape(title), maxValue: total);
            context.Refresh();
            long drawn = Stopwatch.GetTimestamp();
            return work(done =>
            {
                task.Value = done;
                if (Stopwatch.GetElapsedTime(drawn) > Interval)
                {
                    context.Refresh();
                    drawn = Stopwatch.GetTimestamp();
                }
            });
        });
    }
}
