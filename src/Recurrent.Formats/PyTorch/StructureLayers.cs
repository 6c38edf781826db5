using System.Globalization;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// Layers without weights that join, part and move values, as entries of a list of modules: <c>concatenation</c>,
/// <c>slice(4,2)</c>.
/// </summary>
internal static class StructureLayers
{
    private const string Concatenation = "concatenation";
    private const string Sum = "sum";
    private const string Product = "product";
    private const string Slice = "slice";
    private const string LastStep = "last_step";
    private const string FinalState = "final_state";
    private const string Repeat = "repeat";
    private const string Reverse = "reverse";
    private const string LastSteps = "last_steps";

    /// <summary>What entries may be called.</summary>
    public const string All =
        $"{Concatenation}, {Sum}, {Product}, {Slice}(first,count), {LastStep}, {FinalState}, {Repeat}, {Repeat}(steps), {Reverse}, "
        + $"{LastSteps}(steps)";

    /// <summary>Whether an entry repeats a row as often as the input has steps: the last step where a layer before it gives all.</summary>
    public static bool IsRepeat(ModuleListEntry entry) => entry.Name == Repeat;

    /// <summary>The entry whose layer reads the features of several values.</summary>
    public static ModuleListEntry Joining => new(Concatenation, null);

    /// <summary>The entry of a layer; null if it is none of these.</summary>
    public static ModuleListEntry? Find(Layer layer) => layer switch
    {
        ConcatenationLayer => new(Concatenation, null),
        SumLayer => new(Sum, null),
        ProductLayer => new(Product, null),
        SliceLayer slice => new(Slice, $"{slice.Specification.First},{slice.Specification.OutputSize}"),
        LastStepLayer => new(LastStep, null),
        FinalStateLayer => new(FinalState, null),
        RepeatLayer repeat => new(Repeat, $"{repeat.Specification.Steps}"),
        ReverseLayer => new(Reverse, null),
        LastStepsLayer steps => new(LastSteps, $"{steps.Specification.Steps}"),
        _ => null,
    };

    /// <summary>What makes the layer of an entry, given the features that it reads; null if the entry is none of these.</summary>
    /// <exception cref="ModelFormatException">It is one, and the numbers in its parentheses are not.</exception>
    public static Func<int, Layer>? Find(ModuleListEntry entry)
    {
        int[] numbers = Numbers(entry);
        return (entry.Name, numbers) switch
        {
            (Concatenation, []) => size => new ConcatenationLayer(size),
            (Sum, []) => size => new SumLayer(size),
            (Product, []) => size => new ProductLayer(size),
            (Slice, [int first, int count]) => size => new SliceLayer(size, first, count),
            (LastStep, []) => size => new LastStepLayer(size),
            (FinalState, []) => size => new FinalStateLayer(size),
            (Repeat, []) => size => new RepeatLayer(size),
            (Repeat, [int steps]) => size => new RepeatLayer(size, steps),
            (Reverse, []) => size => new ReverseLayer(size),
            (LastSteps, [int steps]) => size => new LastStepsLayer(size, steps),
            (Concatenation or Sum or Product or Slice or LastStep or FinalState or Repeat or Reverse or LastSteps, _) =>
                throw new ModelFormatException($"'{entry}': expected one of {All}."),
            _ => null,
        };
    }

    private static int[] Numbers(ModuleListEntry entry)
    {
        string[] parts = entry.Argument?.Split(',') ?? [];
        return [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : -1)];
    }
}
