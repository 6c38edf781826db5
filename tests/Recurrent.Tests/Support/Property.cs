using System.Globalization;
using System.Runtime.CompilerServices;
using FsCheck;
using FsCheck.Fluent;
using Xunit.Sdk;

namespace Recurrent.Tests.Support;

/// <summary>
/// Runs a property on random cases, which follow from the test's name: the same in every run, so that a change is refused
/// for what it changes. A failure prints the smallest case and how to repeat it.
/// </summary>
internal static class Property
{
    /// <summary>
    /// Environment variable with a factor for the number of cases, for a longer search than fits every test run.
    /// </summary>
    private const string FactorVariable = "RECURRENT_TEST_FACTOR";

    /// <summary>
    /// Environment variable with the number of another series of cases, or "random" for one by chance; every run's is 0.
    /// </summary>
    private const string SeedVariable = "RECURRENT_TEST_SEED";

    private static readonly Lazy<ulong> Series = new(ReadSeries);

    private static readonly Lazy<int> Factor = new(ReadFactor);

    /// <summary>The variables that repeat this run.</summary>
    public static string Variables => $"{SeedVariable}={Series.Value} {FactorVariable}={Factor.Value}";

    /// <summary>Checks a property.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="count">How many of them, if nothing else is said.</param>
    /// <param name="body">Throws if the property does not hold.</param>
    /// <param name="file">The test's file: a test's cases follow from its name.</param>
    /// <param name="test">The test.</param>
    public static void Check<T>(
        Arbitrary<T> cases,
        int count,
        Action<T> body,
        [CallerFilePath] string file = "",
        [CallerMemberName] string test = "")
    {
        ulong seed = Seed($"{FileName(file)}/{test}/{Series.Value}");
        // The second number is that of the generator's steps, which has to be odd.
        Config config = Config.QuickThrowOnFailure
            .WithMaxTest(count * Factor.Value)
            .WithReplay(seed, (seed << 1) | 1)
            .WithQuietOnSuccess(true);
        try
        {
            Prop.ForAll(cases, body).Check(config);
        }
        catch (Exception failure)
        {
            // Its text has the case and where the test failed; as the inner exception it would be printed a second time.
            throw new XunitException($"Again with {Variables}: {failure.Message}");
        }
    }

    // As it was compiled, which may have been on another system.
    private static string FileName(string path) => path[(path.LastIndexOfAny(['/', '\\']) + 1)..];

    /// <summary>FNV-1a: the same in every process, which the hash of a string is not.</summary>
    private static ulong Seed(string text)
    {
        ulong hash = 14695981039346656037;
        foreach (char letter in text)
        {
            hash = (hash ^ letter) * 1099511628211;
        }

        return hash;
    }

    private static int ReadFactor() => Environment.GetEnvironmentVariable(FactorVariable) is { Length: > 0 } number
        ? int.Parse(number, CultureInfo.InvariantCulture)
        : 1;

    private static ulong ReadSeries() => Environment.GetEnvironmentVariable(SeedVariable) switch
    {
        null or "" => 0,
        "random" => (ulong)Random.Shared.Next(1, int.MaxValue),
        string number => ulong.Parse(number, CultureInfo.InvariantCulture),
    };
}
