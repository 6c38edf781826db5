namespace Recurrent.Formats.Keras;

/// <summary>The tensors of a Keras model by layer, direction and role.</summary>
internal sealed class KerasTensors
{
    private readonly Dictionary<(string Layer, bool IsBackward, string Role), Tensor> _tensors = [];
    private readonly HashSet<Tensor> _taken = [];
    private readonly List<string> _strangers = [];

    /// <summary>Takes tensors of which it is known what they are.</summary>
    /// <param name="variables">The tensors of the layers.</param>
    /// <param name="strangers">The names of others.</param>
    public KerasTensors(IEnumerable<KerasVariable> variables, IEnumerable<string> strangers)
    {
        _strangers.AddRange(strangers);
        foreach (KerasVariable variable in variables)
        {
            if (!_tensors.TryAdd((variable.Layer, variable.IsBackward, variable.Role), variable.Tensor))
            {
                throw new ModelFormatException(
                    $"tensor '{variable.Tensor.Name}': layer '{variable.Layer}' has a '{variable.Role}' already.");
            }
        }
    }

    /// <summary>Tensors that belong to no layer.</summary>
    public IReadOnlyList<string> Strangers => _strangers;

    /// <summary>The sizes of a tensor's axes, to learn a size that nothing else says.</summary>
    public IReadOnlyList<long> Shape(string layer, string role, bool isBackward = false) =>
        Find(layer, role, isBackward).Shape;

    /// <summary>The elements of a tensor, which somebody is still to take; null if there is none.</summary>
    public float[]? Peek(string layer, string role) =>
        _tensors.TryGetValue((layer, false, role), out Tensor? tensor) ? tensor.ToSingles() : null;

    /// <summary>Bytes of all tensors of a layer as float32.</summary>
    public Int128 BytesOf(string layer) => _tensors.Where(entry => entry.Key.Layer == layer)
        .Aggregate((Int128)0, (sum, entry) => sum + ((Int128)entry.Value.ElementCount * sizeof(float)));

    /// <summary>Takes a tensor that has to be there, of a shape that it has to have.</summary>
    public float[] Take(string layer, bool isBackward, string role, params ReadOnlySpan<long> shape)
    {
        Tensor tensor = Find(layer, role, isBackward);
        if (!shape.SequenceEqual([.. tensor.Shape]))
        {
            throw new ModelFormatException(
                $"tensor '{tensor.Name}': expected shape [{string.Join(", ", shape.ToArray())}], "
                + $"found [{string.Join(", ", tensor.Shape)}].");
        }

        _taken.Add(tensor);
        return tensor.ToSingles();
    }

    /// <summary>Takes note of a tensor whose elements do not matter.</summary>
    public void Pass(string layer, string role)
    {
        if (_tensors.TryGetValue((layer, false, role), out Tensor? tensor))
        {
            _taken.Add(tensor);
        }
    }

    /// <summary>Refuses tensors of a layer that nobody has taken: the model would not be what the file has.</summary>
    public void RequireAllTaken()
    {
        Tensor? left = _tensors.Values.Where(tensor => !_taken.Contains(tensor))
            .MinBy(tensor => tensor.Name, StringComparer.Ordinal);
        if (left is not null)
        {
            throw new ModelFormatException(
                $"tensor '{left.Name}': the configuration of its layer has no place for it.");
        }
    }

    private Tensor Find(string layer, string role, bool isBackward) =>
        _tensors.TryGetValue((layer, isBackward, role), out Tensor? tensor)
            ? tensor
            : throw new ModelFormatException(
                $"layer '{layer}': the tensor '{layer}/{(isBackward ? "backward_…/" : "")}{role}' is missing.");
}
