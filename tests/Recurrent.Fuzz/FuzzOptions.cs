using System.Globalization;

namespace Recurrent.Fuzz;

/// <summary>What the fuzzer is told.</summary>
internal sealed record FuzzOptions
{
    public const string Usage =
        """
        Recurrent.Fuzz [--seconds N] [--files N] [--cases N] [--seed S] [--format NAME]

        Damages files of every format that can be read, and reads them: each is refused as documented or gives
        something that can be used, soon and in little memory. A model that is given computes what the reference computes.

          --seconds N    for how long; 10 if nothing is said, with --files however long that takes
          --files N      how many files of each format at most
          --cases N      how many files at most, of all formats together
          --seed S       which series of files; 1 if nothing is said, random to draw one
          --format NAME  files of one format only
          --case K       file K of the series, and the ones after it
          --steps A,B    only these of the steps in which a file is damaged
          --models N     of every N-th file that is read the model is computed; 1 if nothing is said, 0 for none
        """;

    private const int ShortRun = 10;

    /// <summary>For how long; null if nothing is said.</summary>
    public int? Seconds { get; init; }

    /// <summary>Files of each format at most.</summary>
    public long Files { get; init; } = long.MaxValue;

    /// <summary>Where the time ends a run.</summary>
    public double MostSeconds => Seconds ?? (Files < long.MaxValue ? double.PositiveInfinity : ShortRun);

    public long Cases { get; init; } = long.MaxValue;

    public int Seed { get; init; } = 1;

    public string? Format { get; init; }

    public long FirstCase { get; init; }

    /// <summary>The steps of a file's damage that are done; null for all.</summary>
    public IReadOnlyList<int>? Steps { get; init; }

    /// <summary>Of every so many files that are read the model is computed; 0 for none.</summary>
    public int Models { get; init; } = 1;

    /// <summary>The folder that a process works in for the one that watches it; null for that one.</summary>
    public string? Worker { get; init; }

    /// <summary>Reads arguments; null if they cannot be understood.</summary>
    public static FuzzOptions? Parse(IReadOnlyList<string> arguments)
    {
        var options = new FuzzOptions();
        for (int i = 0; i + 1 < arguments.Count; i += 2)
        {
            if (Take(options, arguments[i], arguments[i + 1]) is not { } taken)
            {
                return null;
            }

            options = taken;
        }

        return arguments.Count % 2 == 0 ? options : null;
    }

    /// <summary>The arguments that say the same, for another process.</summary>
    public IEnumerable<string> ToArguments()
    {
        if (Seconds is not null)
        {
            yield return "--seconds";
            yield return $"{Seconds}";
        }

        yield return "--files";
        yield return $"{Files}";
        yield return "--cases";
        yield return $"{Cases}";
        yield return "--seed";
        yield return $"{Seed}";
        yield return "--case";
        yield return $"{FirstCase}";
        yield return "--models";
        yield return $"{Models}";
        if (Format is not null)
        {
            yield return "--format";
            yield return $"{Format}";
        }

        if (Steps is not null)
        {
            yield return "--steps";
            // Without any the file is read as it is.
            yield return Steps.Count == 0 ? "-1" : string.Join(',', Steps);
        }

        if (Worker is not null)
        {
            yield return "--worker";
            yield return $"{Worker}";
        }
    }

    private static FuzzOptions? Take(FuzzOptions options, string name, string value)
    {
        if (name == "--format")
        {
            return options with { Format = value };
        }

        if (name == "--worker")
        {
            return options with { Worker = value };
        }

        if (name == "--steps")
        {
            return options with
            {
                Steps = [.. value.Split(',').Select(step => int.Parse(step, CultureInfo.InvariantCulture))],
            };
        }

        if (name == "--seed" && value == "random")
        {
            return options with { Seed = Random.Shared.Next() };
        }

        return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? name switch
            {
                "--seconds" => options with { Seconds = (int)number },
                "--files" => options with { Files = number },
                "--cases" => options with { Cases = number },
                "--seed" => options with { Seed = (int)number },
                "--case" => options with { FirstCase = number },
                "--models" => options with { Models = (int)number },
                _ => null,
            }
            : null;
    }
}
