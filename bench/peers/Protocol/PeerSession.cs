using System.Globalization;
using System.Runtime.InteropServices;

namespace Recurrent.Peers;

/// <summary>Answers one line of the protocol of bench/README.md after another.</summary>
/// <param name="prepare">Makes a task ready, or says with a <see cref="NotSupportedException"/> why it cannot.</param>
internal sealed class PeerSession(Func<BenchTask, PreparedTask> prepare) : IDisposable
{
    private PreparedTask? _task;

    /// <summary>Serves standard input to its end.</summary>
    /// <param name="version">The system and its version, for the first line.</param>
    /// <param name="prepare">Makes a task ready.</param>
    public static void Serve(string version, Func<BenchTask, PreparedTask> prepare)
    {
        using PeerSession session = new(prepare);
        Console.WriteLine($"ready {version}, .NET {Environment.Version}");
        while (Console.ReadLine() is { } line)
        {
            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words is ["quit"])
            {
                break;
            }

            if (words.Length > 0)
            {
                Console.WriteLine(session.Answer(words));
            }
        }
    }

    /// <summary>Frees the task.</summary>
    public void Dispose() => _task?.Dispose();

    /// <summary>The first line: a system's own traces of its stack are no answer.</summary>
    private static string OneLine(string text) => text.ReplaceLineEndings("\n").Split('\n')[0];

    private string Answer(string[] words)
    {
        try
        {
            return words switch
            {
                ["prepare", ..] => Prepare(words),
                ["check", var path] => Check(path),
                ["run", var seconds] => Sampler.Measure(
                    Task(), double.Parse(seconds, CultureInfo.InvariantCulture)),
                _ => "error expected prepare, check FILE, run SECONDS or quit",
            };
        }
        catch (NotSupportedException exception)
        {
            return "unsupported " + OneLine(exception.Message);
        }
        catch (Exception exception)
        {
            // Whatever a system throws is its answer; the run reports it and goes on with the others.
            return "error " + OneLine(exception.Message);
        }
    }

    private PreparedTask Task() => _task ?? throw new InvalidOperationException("expected prepare first");

    private string Prepare(string[] words)
    {
        _task?.Dispose();
        _task = null;
        _task = prepare(BenchTask.Parse(words));
        return "ok";
    }

    private string Check(string path)
    {
        File.WriteAllBytes(path, MemoryMarshal.AsBytes<float>(Task().Ends()));
        return "ok";
    }
}
