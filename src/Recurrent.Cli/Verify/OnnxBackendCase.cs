using System.Globalization;
using Recurrent.Formats;

namespace Recurrent.Cli.Verify;

/// <summary>
/// A model with one of its data sets: <c>input_0.pb</c> and further, <c>output_0.pb</c> and further.
/// </summary>
/// <param name="id">What it is called.</param>
/// <param name="model">Path of the model.</param>
/// <param name="dataSet">Path of the folder with the tensors.</param>
/// <param name="options">How the model is to be read.</param>
internal sealed class OnnxBackendCase(string id, string model, string dataSet, ImportOptions options)
    : IVerificationCase
{
    /// <summary>1e-5 of the largest value of each tensor.</summary>
    private static readonly PassRule Rule = new(TorchFactor: 0, Relative: 1e-5, Tiny: 0);

    public string Id { get; } = id;

    public ILoadedCase Load()
    {
        using OnnxFile file = OnnxFile.Open(model);
        var inputs = new Dictionary<string, OnnxTensor>(StringComparer.Ordinal);
        foreach ((string name, OnnxTensor tensor) in file.Inputs.Zip(Tensors("input")))
        {
            inputs[name] = tensor;
        }

        ExpectedTensor[] outputs =
        [
            .. Tensors("output").Select(tensor => new ExpectedTensor(
                tensor.Name,
                [.. tensor.Dimensions.Select(length => (long)length)],
                [.. tensor.ToSingles().Select(value => (double)value)])),
        ];
        return outputs.Length > 0
            ? OnnxCase.InOrder(file, inputs, outputs, Rule, options)
            : throw new UnusableInputException($"'{dataSet}' holds no output_0.pb.");
    }

    /// <summary>
    /// The tensors of one kind, in the order of the graph, as far as they are numbered without a gap.
    /// </summary>
    private IEnumerable<OnnxTensor> Tensors(string kind)
    {
        for (int i = 0; ; i++)
        {
            string path = Path.Combine(dataSet, string.Create(CultureInfo.InvariantCulture, $"{kind}_{i}.pb"));
            if (!File.Exists(path))
            {
                yield break;
            }

            yield return OnnxTensor.Open(path);
        }
    }
}
