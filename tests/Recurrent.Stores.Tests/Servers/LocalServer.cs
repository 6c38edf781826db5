using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Recurrent.Stores.Tests.Servers;

/// <summary>
/// A server of this machine's distribution, started on a free port of the loopback address with its data in a temporary folder,
/// and ended with the test.
/// </summary>
public abstract class LocalServer : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("recurrent-server-").FullName;
    private Process? _process;
    private bool _isStopped;

    protected LocalServer()
    {
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        Port = ((IPEndPoint)free.LocalEndpoint).Port;
        AppDomain.CurrentDomain.ProcessExit += EndWithThisProcess;
    }

    public int Port { get; }

    /// <summary>Where it has its data.</summary>
    protected string Folder => _folder;

    /// <summary>Starts it, for the first time or again, and waits until it answers.</summary>
    public void Start()
    {
        long begin = Stopwatch.GetTimestamp();
        for (bool hasAnswered = false; !hasAnswered;)
        {
            _process = Process.Start(Command())!;
            _process.OutputDataReceived += (_, _) => { };
            _process.ErrorDataReceived += (_, _) => { };
            _process.BeginOutputReadLine();
            _process.BeginErrorReadLine();
            while (!(hasAnswered = Answers()) && !_process.HasExited)
            {
                if (Stopwatch.GetElapsedTime(begin) > Patience)
                {
                    throw new InvalidOperationException($"{_process.StartInfo.FileName} does not answer on port {Port}; {_folder}");
                }

                Thread.Sleep(20);
            }

            if (!hasAnswered)
            {
                // What it left when it was killed is not away yet, or it cannot be started at all.
                if (Stopwatch.GetElapsedTime(begin) > Patience)
                {
                    throw new InvalidOperationException($"{_process.StartInfo.FileName} ends with {_process.ExitCode}; {_folder}");
                }

                Thread.Sleep(200);
            }
        }
    }

    /// <summary>Ends it at once, in the middle of whatever it does.</summary>
    public void Kill()
    {
        if (_process is not { HasExited: false })
        {
            return;
        }

        Resume();
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
    }

    /// <summary>Stops it where it is: connections stay open, and nothing answers.</summary>
    public void Stop() => _isStopped = Signal("STOP");

    /// <summary>Lets it go on.</summary>
    public void Resume()
    {
        if (_isStopped)
        {
            _isStopped = !Signal("CONT");
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndWithThisProcess;
        Kill();
        _process?.Dispose();
        Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>What starts it.</summary>
    protected abstract ProcessStartInfo Command();

    /// <summary>Whether it takes commands.</summary>
    protected abstract bool Answers();

    protected static ProcessStartInfo Quiet(string program, params string[] arguments) => new(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    };

    protected static void Run(ProcessStartInfo command)
    {
        using Process process = Process.Start(command)!;
        string text = process.StandardError.ReadToEnd() + process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{command.FileName} ends with {process.ExitCode}: {text}");
        }
    }

    /// <summary>A program in the search path; null if there is none.</summary>
    protected static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);

    private void EndWithThisProcess(object? sender, EventArgs e) => Dispose();

    private bool Signal(string signal)
    {
        // The server first, which then starts no more; then the processes that it has started, of which some end by themselves.
        Run(Kill(_process!.Id));
        foreach (int child in Children(_process.Id))
        {
            using Process kill = Process.Start(Kill(child))!;
            kill.WaitForExit();
        }

        return true;

        ProcessStartInfo Kill(int id) => Quiet("/bin/kill", $"-{signal}", id.ToString(null, null));
    }

    private static IEnumerable<int> Children(int parent) =>
        File.Exists($"/proc/{parent}/task/{parent}/children")
            ? File.ReadAllText($"/proc/{parent}/task/{parent}/children")
                .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(id => int.Parse(id, null))
            : [];
}
