using FsCheck;
using FsCheck.Fluent;

namespace Recurrent.Tests.Support;

/// <summary>Runs a property on random cases; a failure prints the seed and the smallest case.</summary>
internal static class Property
{
    /// <summary>
    /// Environment variable with a factor for the number of cases, for a longer search than fits every test run.
    /// </summary>
    private const string FactorVariable = "RECURRENT_TEST_FACTOR";

    public static void Check<T>(Arbitrary<T> cases, int count, Action<T> body)
    {
        int factor = int.TryParse(Environment.GetEnvironmentVariable(FactorVariable), out int value) ? value : 1;
        Prop.ForAll(cases, body).Check(Config.QuickThrowOnFailure.WithMaxTest(count * factor).WithQuietOnSuccess(true));
    }
}
