namespace Recurrent.Formats.Keras;

/// <summary>
/// The tensors of a Keras model by layer, direction and role. Keras has called the same variable by several names:
/// <c>lstm/kernel</c>, <c>lstm/lstm_cell/kernel:0</c>, <c>bidirectional/forward_lstm/lstm_cell/kernel</c>; the layer is
/// the first part that is one, the role the last part.
/// </summary>
internal sealed class KerasTensors
{
    private const string Backward = "backward_";

    // The state of a random number generator, which dropout inside a layer has.
    private const string GeneratorState = "seed_generator_state";

    private readonly Dictionary<(string Layer, bool IsBackward, string Role), SafetensorsTensor> _tensors = [];
    private readonly List<string> _strangers = [];

    /// <summary>Sorts the tensors of a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="layers">The names of the model's layers.</param>
    public KerasTensors(SafetensorsFile file, IReadOnlySet<string> layers)
    {
        foreach (SafetensorsTensor tensor in file.Tensors.Values)
        {
            string[] parts = Parts(tensor.Name);
            int owner = Array.FindIndex(parts, layers.Contains);
            if (owner < 0 || owner == parts.Length - 1)
            {
                _strangers.Add(tensor.Name);
            }
            else if (parts[^1] != GeneratorState)
            {
                bool isBackward = parts[(owner + 1)..^1].Any(part => part.StartsWith(Backward, StringComparison.Ordinal));
                if (!_tensors.TryAdd((parts[owner], isBackward, parts[^1]), tensor))
                {
                    throw new ModelFormatException(
                        $"tensor '{tensor.Name}': layer '{parts[owner]}' has a '{parts[^1]}' already.");
                }
            }
        }
    }

    /// <summary>Tensors that belong to no layer.</summary>
    public IReadOnlyList<string> Strangers => _strangers;

    /// <summary>Whether a file's names look like those of Keras.</summary>
    public static bool AreIn(SafetensorsFile file) =>
        file.Tensors.Keys.Any(name => Parts(name) is [.., _, "recurrent_kernel"]);

    /// <summary>The sizes of a tensor's axes, to learn a size that nothing else says.</summary>
    public IReadOnlyList<long> Shape(string layer, string role, bool isBackward = false) =>
        Find(layer, role, isBackward).Shape;

    /// <summary>Takes a tensor that has to be there, of a shape that it has to have.</summary>
    public float[] Take(string layer, bool isBackward, string role, params ReadOnlySpan<long> shape)
    {
        SafetensorsTensor tensor = Find(layer, role, isBackward);
        if (!shape.SequenceEqual([.. tensor.Shape]))
        {
            throw new ModelFormatException(
                $"tensor '{tensor.Name}': expected shape [{string.Join(", ", shape.ToArray())}], "
                + $"found [{string.Join(", ", tensor.Shape)}].");
        }

        _tensors.Remove((layer, isBackward, role));
        return tensor.ToSingles();
    }

    /// <summary>Refuses tensors of a layer that nobody has taken: the model would not be what the file has.</summary>
    public void RequireAllTaken()
    {
        if (_tensors.Count > 0)
        {
            SafetensorsTensor left = _tensors.Values.MinBy(tensor => tensor.Name, StringComparer.Ordinal)!;
            throw new ModelFormatException(
                $"tensor '{left.Name}': the configuration of its layer has no place for it.");
        }
    }

    private static string[] Parts(string name)
    {
        int suffix = name.LastIndexOf(':');
        return (suffix < 0 ? name : name[..suffix]).Split('/');
    }

    private SafetensorsTensor Find(string layer, string role, bool isBackward) =>
        _tensors.TryGetValue((layer, isBackward, role), out SafetensorsTensor? tensor)
            ? tensor
            : throw new ModelFormatException(
                $"layer '{layer}': the tensor '{layer}/{(isBackward ? $"{Backward}…/" : "")}{role}' is missing.");
}
