using System.Globalization;
using Recurrent.Formats.PyTorch.Checkpoint;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// An <c>nn.Conv1d</c>. What its parameters do not say, the list of modules has in parentheses:
/// <c>conv(stride=2,padding=1,dilation=1,groups=1)</c>, or <c>before</c> and <c>after</c> in the place of <c>padding</c>.
/// </summary>
internal sealed class ConvolutionModule : PyTorchModule
{
    /// <summary>What the tensor of the steps before the first one is called.</summary>
    public const string HistoryName = "history";

    private const string Stride = "stride";
    private const string Dilation = "dilation";
    private const string Groups = "groups";
    private const string Padding = "padding";
    private const string Before = "before";
    private const string After = "after";

    private readonly IReadOnlyList<long> _shape;
    private readonly IReadOnlyDictionary<string, int> _numbers;

    private ConvolutionModule(
        ITensorSource source, string prefix, IReadOnlyList<long> shape, IReadOnlyDictionary<string, int> numbers)
        : base(source, prefix)
    {
        _shape = shape;
        _numbers = numbers;
    }

    public override string Kind => "nn.Conv1d";

    public override int InputSize => (int)Math.Min(_shape[1] * Number(Groups, 1), int.MaxValue);

    public override int OutputSize => (int)_shape[0];

    public override string? Unsaid => "its stride, padding, dilation and groups";

    public static ConvolutionModule Specify(ITensorSource source, string prefix)
    {
        Tensor weight = source.Require(prefix + "weight");
        return weight.Shape.All(length => length is >= 1 and <= LayerSpecification.MaxSize)
            ? new ConvolutionModule(source, prefix, weight.Shape, new Dictionary<string, int>())
            : throw ModuleParameters.WrongShape(weight, $"three lengths of 1 to {LayerSpecification.MaxSize}");
    }

    /// <summary>The same module as a list of modules calls it.</summary>
    public override PyTorchModule As(ModuleListEntry entry) =>
        new ConvolutionModule(Source, Prefix, _shape, Parse(entry));

    public override IEnumerable<string> KnownParameters() => [Prefix + "weight", Prefix + "bias", Prefix + HistoryName];

    /// <summary>The numbers of a convolution that are not the usual ones, as a list of modules has them; null if all are.</summary>
    public static string? Format(ConvolutionSpecification specification)
    {
        (string Name, int Value, int Usual)[] numbers =
        [
            (Stride, specification.Stride, 1),
            (Dilation, specification.Dilation, 1),
            (Groups, specification.Groups, 1),
            (Before, specification.PaddingBefore, 0),
            (After, specification.PaddingAfter, 0),
        ];
        string text = string.Join(',', numbers.Where(number => number.Value != number.Usual)
            .Select(number => string.Create(CultureInfo.InvariantCulture, $"{number.Name}={number.Value}")));
        return text.Length == 0 ? null : text;
    }

    /// <summary>The entry of a pickled module, which says its numbers.</summary>
    public static ModuleListEntry EntryOf(ModuleFacts module)
    {
        if (module.Text("padding_mode") is { } mode and not "zeros")
        {
            throw new ModelFormatException($"module {module}: padding_mode: expected 'zeros', found '{mode}'.");
        }

        List<string> numbers = [];
        foreach (string name in (string[])[Stride, Dilation, Groups])
        {
            long number = module.Integer(name)
                ?? throw new ModelFormatException($"module {module}: expected its {name}, one number, found none.");
            numbers.Add(string.Create(CultureInfo.InvariantCulture, $"{name}={number}"));
        }

        string padding = (module.Text(Padding), module.Integer(Padding), module.Integer("kernel_size")) switch
        {
            ("valid", _, _) => $"{Padding}=0",
            ("same", _, { } kernel) => Same((kernel - 1) * module.Integer(Dilation)!.Value),
            (null, { } number, _) => string.Create(CultureInfo.InvariantCulture, $"{Padding}={number}"),
            _ => throw new ModelFormatException($"module {module}: expected its {Padding}, one number, 'same' or 'valid', found none of them."),
        };
        return new ModuleListEntry(module.Path, string.Join(',', [.. numbers, padding]));
    }

    public override IReadOnlyList<Layer> Read(ModuleListEntry entry, PyTorchImport import)
    {
        try
        {
            return [Create(import.TakeActivation())];
        }
        catch (ArgumentException e)
        {
            throw new ModelFormatException($"module {this}, '{entry}': {e.Message}", e);
        }
    }

    /// <summary>Matrices behind each other, each with its axes exchanged.</summary>
    /// <param name="matrices">The matrices.</param>
    /// <param name="rows">Rows of each of them.</param>
    /// <param name="columns">Columns of each of them.</param>
    public static float[] Transposed(ReadOnlySpan<float> matrices, int rows, int columns)
    {
        float[] transposed = new float[matrices.Length];
        for (int i = 0; i < transposed.Length; i++)
        {
            int within = i % (rows * columns);
            transposed[i - within + (within % columns * rows) + (within / columns)] = matrices[i];
        }

        return transposed;
    }

    /// <summary>As many output steps as input steps; an odd step of padding is at the end.</summary>
    private static string Same(long added) =>
        string.Create(CultureInfo.InvariantCulture, $"{Before}={added / 2},{After}={added - (added / 2)}");

    private static Dictionary<string, int> Parse(ModuleListEntry entry)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string part in entry.Argument?.Split(',', StringSplitOptions.TrimEntries) ?? [])
        {
            string[] pair = part.Split('=', StringSplitOptions.TrimEntries);
            bool fits = pair.Length == 2 && pair[0] is Stride or Dilation or Groups or Padding or Before or After
                && int.TryParse(pair[1], NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number <= LayerSpecification.MaxSize && (number > 0 || pair[0] is Padding or Before or After)
                && numbers.TryAdd(pair[0], number);
            if (!fits)
            {
                throw new ModelFormatException(
                    $"'{entry}': expected {Stride}, {Padding}, {Dilation} or {Groups} of an nn.Conv1d with their numbers in "
                    + $"parentheses, such as {Stride}=2, or {Before} and {After} in the place of {Padding}; found '{part}'.");
            }
        }

        return numbers;
    }

    private ConvolutionLayer Create(Activation activation)
    {
        ConvolutionSpecification specification = new()
        {
            InputSize = InputSize,
            OutputSize = OutputSize,
            KernelSize = (int)_shape[2],
            Stride = Number(Stride, 1),
            Dilation = Number(Dilation, 1),
            Groups = Number(Groups, 1),
            PaddingBefore = Number(Before, Number(Padding, 0)),
            PaddingAfter = Number(After, Number(Padding, 0)),
            Activation = activation,
        };
        int inputs = (int)_shape[1];
        float[] kernel = ModuleParameters.Read(Source, Prefix + "weight", _shape[0], _shape[1], _shape[2]);
        return new ConvolutionLayer(
            specification,
            ConvolutionWeights.Wrap(
                Transposed(kernel, inputs, specification.KernelSize),
                ModuleParameters.ReadOptional(Source, Prefix + "bias", _shape[0]),
                ModuleParameters.ReadOptional(Source, Prefix + HistoryName, specification.Reach, InputSize)));
    }

    private int Number(string name, int otherwise) => _numbers.TryGetValue(name, out int number) ? number : otherwise;
}
