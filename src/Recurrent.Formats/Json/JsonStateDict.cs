using System.Runtime.InteropServices;
using Recurrent.Formats.PyTorch;

namespace Recurrent.Formats.Json;

/// <summary>The parameters of PyTorch modules as JSON: for each its name, and nested arrays.</summary>
internal sealed class JsonStateDict : ITensorSource
{
    private readonly List<string> _names = [];
    private readonly Dictionary<string, Parameter> _parameters = new(StringComparer.Ordinal);

    private JsonStateDict(JsonValue root)
    {
        foreach ((string name, JsonValue value) in root.Properties())
        {
            _names.Add(name);
            _parameters.Add(name, new Parameter(name, JsonTensor.Of(value)));
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> TensorNames => _names;

    /// <inheritdoc/>
    public bool HasModelOrder => true;

    /// <summary>Whether an object has parameters of PyTorch modules and nothing else.</summary>
    public static bool Recognizes(JsonValue root) =>
        root.Properties().All(entry => entry.Value.IsArray)
        && root.Properties().Any(entry => entry.Name.Contains("weight", StringComparison.Ordinal));

    /// <summary>Reads the model that has these parameters.</summary>
    public static ImportedModel Load(JsonValue root, ImportOptions options) =>
        PyTorchImport.Read(
            new JsonStateDict(root), "JSON, PyTorch's names", new Dictionary<string, string>(), options);

    /// <inheritdoc/>
    public Tensor? Find(string name) => _parameters.GetValueOrDefault(name);

    private sealed class Parameter(string name, JsonTensor source) : Tensor(
        name, TensorElementType.F32, [.. source.Shape.Select(size => (long)size)], source.Count)
    {
        private protected override void Read(long firstElement, Span<byte> destination)
        {
            JsonNumbers numbers = source.Open();
            numbers.Skip(firstElement);
            numbers.Read(MemoryMarshal.Cast<byte, float>(destination));
        }
    }
}
