using Recurrent.Cli.Bench;
using Recurrent.Cli.Weights;
using Recurrent.Layers;

namespace Recurrent.Cli.Verify;

/// <summary>A path that was asked for and cannot be had on this machine.</summary>
internal sealed record SkippedPath(string Name, string Reason);

/// <summary>The paths that a value of <c>--isa</c> asks for.</summary>
internal sealed record VerifyPaths(IReadOnlyList<VerifyPath> Available, IReadOnlyList<SkippedPath> Skipped)
{
    public const string All = "all";
    public const string Reference = "reference";
    public const string Oracle = "oracle";

    /// <summary>Values of <c>--isa</c>.</summary>
    public static string[] Choices => [All, .. InstructionSetNames.All.Select(InstructionSetNames.Of), Reference];

    /// <summary>The paths that a value asks for.</summary>
    /// <param name="choice">The value.</param>
    /// <param name="weights">
    /// The format of the weights, if the reference's bits in that format are asked for; null for what was recorded, in the
    /// formats that a model's file says.
    /// </param>
    public static VerifyPaths Select(string choice, WeightFormat? weights = null)
    {
        VerifyPaths paths = Find(choice, weights is { } given ? WeightChoice.Of(given) : null);
        return weights is not { } format
            ? paths
            // The oracle has no bits to be compared.
            : paths with { Available = [.. paths.Available.Where(path => !path.IsDouble).Select(path => new FormatPath(path, format))] };
    }

    private static VerifyPaths Find(string choice, ModelOptions? formats)
    {
        var available = new List<VerifyPath>();
        var skipped = new List<SkippedPath>();
        foreach (InstructionSet isa in InstructionSetNames.All.Where(isa => choice == All || choice == InstructionSetNames.Of(isa)))
        {
            if (InstructionSetsOfThisMachine().Contains(isa))
            {
                available.Add(new NativePath(InstructionSetNames.Of(isa), isa, formats));
            }
            else
            {
                skipped.Add(new SkippedPath(InstructionSetNames.Of(isa), "this machine does not have it"));
            }
        }

        if (choice is All or Reference)
        {
            available.Add(new ReferencePath<float>(Reference, formats));
            available.Add(new ReferencePath<double>(Oracle, formats));
        }

        return new VerifyPaths(available, skipped);
    }

    private static IReadOnlyList<InstructionSet> InstructionSetsOfThisMachine()
    {
        try
        {
            return Machine.InstructionSets;
        }
        catch (Exception e) when (e is NativeLibraryException or ArgumentException or PlatformNotSupportedException)
        {
            throw new UnusableInputException(
                $"{e.Message}\n'--isa {Reference}' verifies the managed reference alone.", e);
        }
    }
}
