using Xunit.Sdk;
using Xunit.v3;

namespace Recurrent.Docs.Tests.Lines;

/// <summary>Lines in the order of their documents: a line may read what the one before it wrote.</summary>
public sealed class DocumentOrder : ITestCaseOrderer
{
    /// <inheritdoc/>
    public IReadOnlyCollection<TTestCase> OrderTestCases<TTestCase>(IReadOnlyCollection<TTestCase> testCases)
        where TTestCase : notnull, ITestCase
    {
        string[] names = [.. ShellLine.All.Select(line => $"\"{line.Name}\"")];
        return [.. testCases.OrderBy(test => Array.FindIndex(
            names, name => test.TestCaseDisplayName.Contains(name, StringComparison.Ordinal)))];
    }
}
