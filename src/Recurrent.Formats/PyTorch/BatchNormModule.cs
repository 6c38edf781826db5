using System.Globalization;
using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>An <c>nn.BatchNorm1d</c>: at inference a factor and an offset for each feature.</summary>
internal sealed class BatchNormModule : PyTorchModule
{
    /// <summary>What PyTorch adds to the variance unless told otherwise.</summary>
    private const double DefaultEpsilon = 1e-5;

    private static readonly string[] Parameters =
        ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];

    private readonly int _size;

    private BatchNormModule(ITensorSource source, string prefix, int size)
        : base(source, prefix)
    {
        _size = size;
    }

    public override string Kind => "nn.BatchNorm1d";

    public override int InputSize => _size;

    public override int OutputSize => _size;

    public static BatchNormModule Specify(ITensorSource source, string prefix)
    {
        Tensor mean = source.Require(prefix + "running_mean");
        return mean.Shape is [>= 1 and <= LayerSpecification.MaxSize and long size]
            ? new BatchNormModule(source, prefix, (int)size)
            : throw ModuleParameters.WrongShape(mean, $"[1 to {LayerSpecification.MaxSize}]");
    }

    public override IEnumerable<string> KnownParameters() =>
        Parameters.Select(parameter => Prefix + parameter);

    public override IReadOnlyList<Layer> Read(ModuleListEntry entry, PyTorchImport import)
    {
        double epsilon = Epsilon(entry, import);
        float[] mean = ModuleParameters.Read(Source, Prefix + "running_mean", _size);
        float[] variance = ModuleParameters.Read(Source, Prefix + "running_var", _size);
        float[] weight = ModuleParameters.ReadOptional(Source, Prefix + "weight", _size);
        float[] bias = ModuleParameters.ReadOptional(Source, Prefix + "bias", _size);
        var factors = new float[_size];
        var offsets = new float[_size];
        bool isOffset = bias.Length > 0;
        for (int i = 0; i < _size; i++)
        {
            double factor = (weight.Length > 0 ? weight[i] : 1) / Math.Sqrt(variance[i] + epsilon);
            double offset = bias.Length > 0 ? bias[i] : 0;
            factors[i] = (float)factor;
            offsets[i] = (float)(mean[i] == 0 ? offset : offset - (mean[i] * factor));
            isOffset |= mean[i] != 0;
        }

        return [new ScaleLayer(factors, isOffset ? offsets : [])];
    }

    public override ModuleListEntry FullEntry(ImportOptions options) =>
        new(Name, DefaultEpsilon.ToString(CultureInfo.InvariantCulture));

    private double Epsilon(ModuleListEntry entry, PyTorchImport import)
    {
        if (entry.Argument is null && import.Number(this, "eps") is >= 0 and double said && double.IsFinite(said))
        {
            return said;
        }

        if (entry.Argument is null)
        {
            import.Assume(
                Name, $"eps is {DefaultEpsilon.ToString(CultureInfo.InvariantCulture)}, PyTorch's default; "
                + $"'{Name}(0.001)' in {nameof(ImportOptions)}.{nameof(ImportOptions.Modules)} says otherwise");
            return DefaultEpsilon;
        }

        return double.TryParse(entry.Argument, NumberStyles.Float, CultureInfo.InvariantCulture, out double epsilon)
            && epsilon >= 0 && double.IsFinite(epsilon)
                ? epsilon
                : throw new ModelFormatException(
                    $"module '{Name}': expected its eps in parentheses, 0 or more, found '{entry}'.");
    }
}
