using System.Runtime.InteropServices;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>Collects the parameters of modules, and the list of modules that goes with them.</summary>
internal sealed class ModuleWriter
{
    private readonly Dictionary<string, int> _used = new(StringComparer.Ordinal);
    private readonly List<string> _modules = [];
    private readonly HashSet<string> _absent = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, InitialStateNames> _initialStates = new(StringComparer.Ordinal);

    public SafetensorsWriter Writer { get; } = new();

    public IReadOnlyList<string> Modules => _modules;

    public IReadOnlySet<string> Absent => _absent;

    public IReadOnlyDictionary<string, InitialStateNames> InitialStates => _initialStates;

    /// <summary>A name for a module of a kind: the kind, and a number from the second one on.</summary>
    public string NewName(string kind)
    {
        int number = CollectionsMarshal.GetValueRefOrAddDefault(_used, kind, out _) += 1;
        return number == 1 ? kind : $"{kind}{number}";
    }

    public void AddEntry(string entry) => _modules.Add(entry);

    public void Add(string name, ReadOnlyMemory<float> values, params ReadOnlySpan<long> shape) =>
        Writer.Add(name, shape, values);

    /// <summary>Adds zeros where there is nothing but PyTorch's module has a parameter.</summary>
    public void AddOrZeros(string name, ReadOnlyMemory<float> values, long size)
    {
        if (values.IsEmpty)
        {
            _absent.Add(name);
            values = new float[size];
        }

        Add(name, values, size);
    }

    public void AddInitialStates(string module, InitialStateNames names) => _initialStates.Add(module, names);

    public void AddLinear(DenseLayer layer, bool isActivationNext)
    {
        DenseSpecification specification = layer.Specification;
        string name = NewName("linear");
        Add(name + ".weight", layer.Weights.Kernel, specification.OutputSize, specification.InputSize);
        if (layer.Weights.Bias.IsEmpty)
        {
            AddEntry(new ModuleListEntry(name, MatrixModule.LinearArgument).ToString());
        }
        else
        {
            Add(name + ".bias", layer.Weights.Bias, specification.OutputSize);
            AddEntry(name);
        }

        // An activation behind a linear module becomes part of it; so that one of the model stays a layer of its own,
        // it is not the first one behind.
        if (isActivationNext || specification.Activation != Activation.Identity)
        {
            AddEntry(ActivationNames.Format(specification.Activation));
        }
    }

    public void AddConvolution(ConvolutionLayer layer, bool isActivationNext)
    {
        ConvolutionSpecification specification = layer.Specification;
        int inputs = specification.InputSize / specification.Groups;
        string name = NewName("conv");
        Add(
            name + ".weight",
            ConvolutionModule.Transposed(layer.Weights.Kernel.Span, specification.KernelSize, inputs),
            specification.OutputSize,
            inputs,
            specification.KernelSize);
        if (!layer.Weights.Bias.IsEmpty)
        {
            Add(name + ".bias", layer.Weights.Bias, specification.OutputSize);
        }

        if (!layer.Weights.InitialHistory.IsEmpty)
        {
            Add($"{name}.{ConvolutionModule.HistoryName}", layer.Weights.InitialHistory, specification.Reach, specification.InputSize);
        }

        AddEntry(new ModuleListEntry(name, ConvolutionModule.Format(specification)).ToString());
        if (isActivationNext || specification.Activation != Activation.Identity)
        {
            AddEntry(ActivationNames.Format(specification.Activation));
        }
    }

    public void AddNormalization(LayerNormalizationLayer layer)
    {
        int size = layer.Specification.InputSize;
        string name = NewName(LayerNormModule.ArgumentName);
        if (layer.Factors.IsEmpty)
        {
            _absent.Add(name + ".weight");
            float[] ones = new float[size];
            Array.Fill(ones, 1);
            Add(name + ".weight", ones, size);
        }
        else
        {
            Add(name + ".weight", layer.Factors, size);
        }

        AddOrZeros(name + ".bias", layer.Offsets, size);
        AddEntry(LayerNormModule.EntryOf(name, layer.Specification.Epsilon).ToString());
    }

    public void AddEmbedding(EmbeddingLayer layer)
    {
        string name = NewName("embedding");
        Add(name + ".weight", layer.Table, layer.Specification.InputSize, layer.Specification.OutputSize);
        AddEntry(new ModuleListEntry(name, MatrixModule.EmbeddingArgument).ToString());
    }

    /// <summary>A batch normalization whose statistics change nothing, and whose <c>eps</c> is 0.</summary>
    public void AddScale(ScaleLayer layer)
    {
        int size = layer.Specification.InputSize;
        string name = NewName("norm");
        var ones = new float[size];
        Array.Fill(ones, 1);
        Add(name + ".weight", layer.Factors, size);
        AddOrZeros(name + ".bias", layer.Offsets, size);
        Add(name + ".running_mean", new float[size], size);
        Add(name + ".running_var", ones, size);
        AddEntry(new ModuleListEntry(name, "0").ToString());
    }
}
