using System.Globalization;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// Layers without weights that join, part, move and pool values, as entries of a list of modules: <c>concatenation</c>,
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
    private const string FinalCellState = "final_cell_state";
    private const string Repeat = "repeat";
    private const string Reverse = "reverse";
    private const string LastSteps = "last_steps";
    /// <summary>The entry of a log softmax.</summary>
    public const string LogSoftmax = "log_softmax";
    private const string Normalization = "layer_normalization";
    private const string MeanOverTime = "mean_over_time";
    private const string MaxOverTime = "max_over_time";
    private const string SoftmaxOverTime = "softmax_over_time";
    private const string Flatten = "flatten";
    private const string Unflatten = "unflatten";
    private const string MaxPooling = "max_pooling";
    private const string AveragePooling = "average_pooling";

    /// <summary>What entries may be called.</summary>
    public const string All =
        $"{Concatenation}, {Sum}, {Product}, {Slice}(first,count), {LastStep}, {FinalState}, {FinalCellState}(size), {Repeat}, "
        + $"{Repeat}(steps), {Reverse}, {LastSteps}(steps), {LogSoftmax}, {Normalization}(eps), {MeanOverTime}, {MaxOverTime}, {SoftmaxOverTime}, "
        + $"{Flatten}(steps), {Unflatten}(steps), "
        + $"{MaxPooling}(kernel,stride,dilation,before,after), {AveragePooling}(kernel,stride,dilation,before,after,counts padding)";

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
        FinalCellStateLayer cell => new(FinalCellState, $"{cell.Specification.CellSize}"),
        RepeatLayer repeat => new(Repeat, $"{repeat.Specification.Steps}"),
        ReverseLayer => new(Reverse, null),
        LastStepsLayer steps => new(LastSteps, $"{steps.Specification.Steps}"),
        LogSoftmaxLayer => new(LogSoftmax, null),
        LayerNormalizationLayer { Factors.IsEmpty: true, Offsets.IsEmpty: true } normalization => new(
            Normalization, normalization.Specification.Epsilon.ToString(CultureInfo.InvariantCulture)),
        MeanOverTimeLayer => new(MeanOverTime, null),
        MaxOverTimeLayer => new(MaxOverTime, null),
        SoftmaxOverTimeLayer => new(SoftmaxOverTime, null),
        FlattenLayer flatten => new(Flatten, $"{flatten.Specification.Steps}"),
        UnflattenLayer unflatten => new(Unflatten, $"{unflatten.Specification.Steps}"),
        MaxPoolingLayer pooling => new(MaxPooling, WindowOf(pooling.Specification)),
        AveragePoolingLayer pooling => new(
            AveragePooling, $"{WindowOf(pooling.Specification)},{(pooling.Specification.CountsPadding ? 1 : 0)}"),
        _ => null,
    };

    /// <summary>What makes the layer of an entry, given the features that it reads; null if the entry is none of these.</summary>
    /// <exception cref="ModelFormatException">It is one, and the numbers in its parentheses are not.</exception>
    public static Func<int, Layer>? Find(ModuleListEntry entry)
    {
        if (entry.Name == Normalization)
        {
            return Normalize(entry);
        }

        int[] numbers = Numbers(entry);
        return (entry.Name, numbers) switch
        {
            (Concatenation, []) => size => new ConcatenationLayer(size),
            (Sum, []) => size => new SumLayer(size),
            (Product, []) => size => new ProductLayer(size),
            (Slice, [int first, int count]) => size => new SliceLayer(size, first, count),
            (LastStep, []) => size => new LastStepLayer(size),
            (FinalState, []) => size => new FinalStateLayer(size),
            (FinalCellState, [int cells]) => size => new FinalCellStateLayer(size, cells),
            (Repeat, []) => size => new RepeatLayer(size),
            (Repeat, [int steps]) => size => new RepeatLayer(size, steps),
            (Reverse, []) => size => new ReverseLayer(size),
            (LastSteps, [int steps]) => size => new LastStepsLayer(size, steps),
            (LogSoftmax, []) => size => new LogSoftmaxLayer(size),
            (MeanOverTime, []) => size => new MeanOverTimeLayer(size),
            (MaxOverTime, []) => size => new MaxOverTimeLayer(size),
            (SoftmaxOverTime, []) => size => new SoftmaxOverTimeLayer(size),
            (Flatten, [int steps]) => size => new FlattenLayer(size, steps),
            (Unflatten, [int steps]) => size => new UnflattenLayer(size, steps),
            (MaxPooling, [_, _, _, _, _]) => size => new MaxPoolingLayer(new MaxPoolingSpecification
            {
                InputSize = size,
                KernelSize = numbers[0],
                Stride = numbers[1],
                Dilation = numbers[2],
                PaddingBefore = numbers[3],
                PaddingAfter = numbers[4],
            }),
            (AveragePooling, [_, _, _, _, _, 0 or 1]) => size => new AveragePoolingLayer(new AveragePoolingSpecification
            {
                InputSize = size,
                KernelSize = numbers[0],
                Stride = numbers[1],
                Dilation = numbers[2],
                PaddingBefore = numbers[3],
                PaddingAfter = numbers[4],
                CountsPadding = numbers[5] == 1,
            }),
            (Concatenation or Sum or Product or Slice or LastStep or FinalState or FinalCellState or Repeat or Reverse or LastSteps or LogSoftmax
                or MeanOverTime or MaxOverTime or SoftmaxOverTime or Flatten or Unflatten or MaxPooling or AveragePooling, _) =>
                throw new ModelFormatException($"'{entry}': expected one of {All}."),
            _ => null,
        };
    }

    private static Func<int, Layer> Normalize(ModuleListEntry entry) =>
        float.TryParse(entry.Argument, NumberStyles.Float, CultureInfo.InvariantCulture, out float epsilon)
            ? size => new LayerNormalizationLayer(new LayerNormalizationSpecification { InputSize = size, Epsilon = epsilon })
            : throw new ModelFormatException($"'{entry}': expected the eps of the normalization in parentheses.");

    private static string WindowOf(WindowSpecification window) => string.Create(
        CultureInfo.InvariantCulture,
        $"{window.KernelSize},{window.Stride},{window.Dilation},{window.PaddingBefore},{window.PaddingAfter}");

    private static int[] Numbers(ModuleListEntry entry)
    {
        string[] parts = entry.Argument?.Split(',') ?? [];
        return [.. parts.Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? number
            : -1)];
    }
}
