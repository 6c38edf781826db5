using Recurrent.Fuzz.Formats;
using Recurrent.Fuzz.Mutations;
using Recurrent.Layers;

namespace Recurrent.Fuzz;

/// <summary>One damaged file. It follows from its number.</summary>
internal sealed class Trial
{
    /// <summary>The most that is done to a file.</summary>
    public const int MostSteps = 5;

    private readonly SeedFile _seed;
    private readonly int _series;
    private readonly long _number;
    private readonly IReadOnlyList<int> _steps;

    public Trial(FuzzedFormat format, int series, long number, IReadOnlyList<int>? steps)
    {
        Format = format;
        _series = series;
        _number = number;
        Random random = RandomOf(-1);
        _seed = format.Seeds[random.Next(format.Seeds.Count)];
        int count = 1;
        while (count < MostSteps && random.Next(2) == 0)
        {
            count++;
        }

        _steps = [.. Enumerable.Range(0, count).Where(step => steps is null || steps.Contains(step))];
    }

    public FuzzedFormat Format { get; }

    public string Describe() => $"{_seed.Name}, steps {string.Join(',', _steps)}";

    /// <summary>Writes the file, reads it, and computes what it holds.</summary>
    /// <param name="folder">Where it is written.</param>
    /// <param name="tally">What has become of the files of the format.</param>
    /// <param name="computes">Whether a model is computed.</param>
    /// <exception cref="FuzzFailureException">Something is not as it is documented.</exception>
    public void Run(CaseFolder folder, Tally tally, bool computes)
    {
        Dictionary<string, byte[]> files = new(_seed.Files, StringComparer.Ordinal);
        foreach (int step in _steps)
        {
            Damage(files, RandomOf(step));
        }

        folder.Write(files);
        Random random = RandomOf(MostSteps);
        string path = Path.Combine(folder.Path, _seed.Main);
        long bytes = files.Values.Sum(file => (long)file.Length);
        long before = GC.GetAllocatedBytesForCurrentThread();
        ModelDefinition? model = null;
        bool refused = false;
        try
        {
            model = Format.Read(path, random);
        }
        catch (Exception e) when (Format.Refuses(e))
        {
            refused = true;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        tally.Count(refused, bytes, allocated);
        if (allocated > Format.MostAllocated(bytes))
        {
            throw new FuzzFailureException(
                $"{allocated} bytes were allocated for {bytes}, expected at most {Format.MostAllocated(bytes)}");
        }

        if (model is not null && computes)
        {
            tally.Ran += ModelComparison.Compare(model, random) ? 1 : 0;
        }
    }

    /// <summary>Does something to one of the files, by what is known of its format or by its bytes.</summary>
    private void Damage(Dictionary<string, byte[]> files, Random random)
    {
        string name = files.Keys.Order(StringComparer.Ordinal).ElementAt(random.Next(files.Count));
        SeedFile donor = Format.Seeds[random.Next(Format.Seeds.Count)];
        byte[] other = donor.Files.GetValueOrDefault(name) ?? donor.Files.Values.First();
        IMutator[] mutators = [.. Format.Mutators.Where(mutator => mutator.Knows(name))];
        IMutator mutator = mutators.Length == 0 || random.Next(3) == 0
            ? ByteMutator.Instance
            : mutators[random.Next(mutators.Length)];
        files[name] = mutator.Mutate(files[name], other, random) ?? ByteMutator.Instance.Mutate(files[name], other, random)!;
    }

    /// <summary>Numbers of their own for every step, so that a step does the same without the others.</summary>
    private Random RandomOf(int step)
    {
        // SplitMix64: neighbouring numbers give series that have nothing in common.
        ulong z = ((ulong)(uint)_series << 32) ^ ((ulong)_number * 0x9E3779B97F4A7C15) ^ ((ulong)(step + 2) << 56);
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return new Random((int)((z ^ (z >> 31)) & int.MaxValue));
    }
}
