using System.Diagnostics;
using Recurrent.Fuzz.Formats;

namespace Recurrent.Fuzz;

/// <summary>Reads one damaged file after the other, until the time is over or one does harm.</summary>
internal sealed class Worker(FuzzOptions options)
{
    /// <summary>What the process ends with when a file did harm. Unlike statuses of crashes.</summary>
    public const int Failed = 70;

    public int Run()
    {
        string folder = Path.Combine(options.Worker!, "case");
        using var progress = new ProgressFile(options.Worker!);
        FuzzedFormat[] formats =
            [.. FormatList.Create(options.Worker!).Where(format => options.Format is null || format.Name == options.Format)];
        var tallies = formats.ToDictionary(format => format.Name, _ => new Tally());
        var cases = new CaseFolder(folder);
        long most = Math.Min(
            options.Cases, options.Files > long.MaxValue / formats.Length ? long.MaxValue : options.Files * formats.Length);
        var time = Stopwatch.StartNew();
        progress.Done = 0;
        for (long done = 0; done < most && (done == 0 || time.Elapsed.TotalSeconds < options.MostSeconds); done++)
        {
            long number = options.FirstCase + done;
            progress.Case = number;
            var trial = new Trial(formats[number % formats.Length], options.Seed, number, options.Steps);
            try
            {
                trial.Run(cases, tallies[trial.Format.Name], options.Models > 0 && number / formats.Length % options.Models == 0);
            }
            catch (Exception e)
            {
                Console.Error.WriteLine($"{trial.Format.Name}, {trial.Describe()}: {e}");
                return Failed;
            }

            progress.Done = done + 1;
        }

        foreach ((string name, Tally tally) in tallies.Where(pair => pair.Value.Files > 0))
        {
            Console.WriteLine($"{name}: {tally}");
        }

        Console.WriteLine(
            $"{progress.Done} files of {formats.Length} formats, from {options.FirstCase} of series {options.Seed} on: "
            + $"{tallies.Values.Sum(tally => tally.Refused)} refused, "
            + $"{tallies.Values.Sum(tally => tally.Ran)} models compared with the reference, "
            + $"{progress.Done / time.Elapsed.TotalSeconds:F0} files a second");
        return 0;
    }
}
