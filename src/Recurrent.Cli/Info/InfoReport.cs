using System.Reflection;
using Recurrent.Cli.Bench;

namespace Recurrent.Cli.Info;

/// <summary>What <c>recurrent info</c> was asked for beside the machine; empty where it was not.</summary>
/// <param name="Products">Who multiplies large matrices.</param>
/// <param name="Plans">How calls are divided between threads.</param>
internal sealed record InfoReport(IReadOnlyList<ProductChoice> Products, IReadOnlyList<ThreadPlan> Plans)
{
    /// <summary>Version of the managed library.</summary>
    public static string Version =>
        typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
