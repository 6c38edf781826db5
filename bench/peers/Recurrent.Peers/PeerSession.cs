using System.Globalization;
using System.Runtime.InteropServices;

namespace Recurrent.Peers;

/// <summary>Answers one line of the protocol after another.</summary>
internal sealed class PeerSession(GemmProvider provider) : IDisposable
{
    private PreparedTask? _task;

    public string Answer(string[] words)
    {
        try
        {
            return words switch
            {
                ["prepare", ..] => Prepare(words),
                ["check", var path] => Check(path),
                ["run", var seconds] => Run(double.Parse(seconds, CultureInfo.InvariantCulture)),
                _ => "error expected prepare, check FILE, run SECONDS or quit",
            };
        }
        catch (Exception exception) when (exception is PlatformNotSupportedException or NotSupportedException)
        {
            return "unsupported " + OneLine(exception.Message);
        }
        catch (Exception exception) when (exception is ArgumentException or FormatException or IOException
            or InvalidOperationException or KeyNotFoundException)
        {
            return "error " + OneLine(exception.Message);
        }
    }

    public void Dispose() => _task?.Dispose();

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private PreparedTask Task() => _task ?? throw new InvalidOperationException("expected prepare first");

    private string Prepare(string[] words)
    {
        _task?.Dispose();
        _task = null;
        _task = PreparedTask.Prepare(BenchTask.Parse(words), provider);
        return "ok";
    }

    private string Check(string path)
    {
        File.WriteAllBytes(path, MemoryMarshal.AsBytes<float>(Task().Ends()));
        return "ok";
    }

    private string Run(double seconds) => Sampler.Measure(Task(), seconds);
}
