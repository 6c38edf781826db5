using System.Diagnostics;

namespace Recurrent.Fuzz;

/// <summary>
/// Has files read in a process of its own and watches it: a crash, a hang or a refusal that is not documented is told with
/// the number of the file.
/// </summary>
internal sealed class Supervisor(FuzzOptions options)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// No file takes so long, on no machine: what does is a hang. Looks are counted, and not a clock: the machine may have
    /// stopped both processes meanwhile.
    /// </summary>
    private const int MostLooks = 60 * 50;

    /// <summary>Where memory is asked for without bound, this ends it before the machine's does.</summary>
    private const string HeapLimit = "0x60000000";

    private const string Memory = "/dev/shm";

    public int Run()
    {
        string folder = NewFolder();
        try
        {
            FuzzOptions all = options with { Worker = folder };
            if (Watch(all, quiet: false, out long failed) is not { } failure)
            {
                return 0;
            }

            Console.Error.WriteLine(
                failed < 0 ? $"before the first file: {failure}" : $"file {failed} of series {options.Seed}: {failure}");
            if (failed >= 0)
            {
                Tell(all with { FirstCase = failed, Cases = 1 });
            }

            return 1;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// A folder in memory where there is one: a file system on a disk may write each damaged file out before it takes the
    /// next one, which takes longer than to read it.
    /// </summary>
    private static string NewFolder()
    {
        string path = Path.Combine(
            Directory.Exists(Memory) ? Memory : Path.GetTempPath(), $"recurrent-fuzz-{Guid.NewGuid():N}");
        return Directory.CreateDirectory(path).FullName;
    }

    /// <summary>Runs a process; gives what went wrong, or null.</summary>
    private static string? Watch(FuzzOptions options, bool quiet, out long failed)
    {
        using var progress = new ProgressFile(options.Worker!);
        progress.Case = -1;
        using Process process = Start(options, quiet);
        long seen = -1;
        int looks = 0;
        while (!process.WaitForExit(Poll))
        {
            long now = progress.Case;
            if (now != seen)
            {
                seen = now;
                looks = 0;
            }

            if (++looks > MostLooks)
            {
                process.Kill(entireProcessTree: true);
                process.WaitForExit();
                failed = now;
                return $"nothing happened for {(Poll * MostLooks).TotalSeconds} seconds";
            }
        }

        failed = progress.Case;
        return process.ExitCode switch
        {
            0 => null,
            Worker.Failed => "a check failed",
            int code => $"the process ended with status {code}",
        };
    }

    private static Process Start(FuzzOptions options, bool quiet)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardOutput = quiet,
            RedirectStandardError = quiet,
        };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(Supervisor).Assembly.Location);
        }

        foreach (string argument in options.ToArguments())
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["DOTNET_GCHeapHardLimit"] = HeapLimit;
        Process process = Process.Start(start)!;
        if (quiet)
        {
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        return process;
    }

    /// <summary>Leaves out what need not be done to the file, and says how it is read again.</summary>
    private static void Tell(FuzzOptions failing)
    {
        List<int> steps = [.. Enumerable.Range(0, Trial.MostSteps)];
        if (Watch(failing, quiet: true, out _) is null)
        {
            Console.Error.WriteLine("by itself it does no harm: it takes the files before it.");
            return;
        }

        foreach (int step in steps.ToArray())
        {
            List<int> fewer = [.. steps.Where(other => other != step)];
            if (Watch(failing with { Steps = fewer }, quiet: true, out _) is not null)
            {
                steps = fewer;
            }
        }

        FuzzOptions again = failing with { Steps = steps };
        string[] words = [.. (again with { Worker = null }).ToArguments()];
        Console.Error.WriteLine($"again: Recurrent.Fuzz {string.Join(' ', words)}");
        Watch(again, quiet: false, out _);
        string kept = Keep(again.Worker!);
        Console.Error.WriteLine($"the file: {kept}");
    }

    private static string Keep(string folder)
    {
        string source = Path.Combine(folder, "case");
        string target = Path.Combine(Formats.Tree.Root, "artifacts", "fuzz", $"{DateTime.UtcNow:yyyyMMdd-HHmmss}");
        foreach (string path in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(target, Path.GetRelativePath(source, path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        return target;
    }
}
