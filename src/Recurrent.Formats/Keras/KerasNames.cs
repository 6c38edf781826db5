namespace Recurrent.Formats.Keras;

/// <summary>
/// The names of variables. Keras has called the same one by several: <c>lstm/kernel</c>, <c>lstm/lstm_cell/kernel:0</c>,
/// <c>bidirectional/forward_lstm/lstm_cell/kernel</c>; the layer is the first part that is one, the role the last part.
/// </summary>
internal static class KerasNames
{
    private const string Backward = "backward_";

    // The state of a random number generator, which dropout inside a layer has.
    private const string GeneratorState = "seed_generator_state";

    /// <summary>Tensors whose names say everything.</summary>
    /// <param name="tensors">The tensors of a file.</param>
    /// <param name="layers">The model's layers.</param>
    public static KerasTensors Sort(IEnumerable<Tensor> tensors, IReadOnlyList<KerasLayer> layers)
    {
        var owners = new KerasOwners(layers);
        var variables = new List<KerasVariable>();
        var strangers = new List<string>();
        foreach (Tensor tensor in tensors)
        {
            string[] parts = Parts(tensor.Name);
            if (owners.Find(parts) is not var (owner, part))
            {
                strangers.Add(tensor.Name);
            }
            else if (!IsGenerator(tensor.Name))
            {
                variables.Add(new(owner, IsBackwardIn(parts.AsSpan((part + 1)..^1)), parts[^1], tensor));
            }
        }

        return new KerasTensors(variables, strangers);
    }

    /// <summary>What a variable of a layer is, as far as its name says it.</summary>
    public static (bool IsBackward, string Role) Of(string name, string layer)
    {
        string[] parts = Parts(name);
        int owner = Array.LastIndexOf(parts[..^1], layer);
        return (IsBackwardIn(parts.AsSpan((owner + 1)..^1)), parts[^1]);
    }

    /// <summary>What a variable of a model inside of a model is, as far as its name says it.</summary>
    public static (string Layer, bool IsBackward, string Role)? Of(string name, KerasOwners owners)
    {
        string[] parts = Parts(name);
        return owners.Find(parts) is var (owner, part)
            ? (owner, IsBackwardIn(parts.AsSpan((part + 1)..^1)), parts[^1])
            : null;
    }

    /// <summary>Whether it is the state of a random number generator.</summary>
    public static bool IsGenerator(string name) => Parts(name)[^1] == GeneratorState;

    /// <summary>Whether a file's names look like those of Keras.</summary>
    public static bool AreIn(SafetensorsFile file) =>
        file.Tensors.Keys.Any(name => Parts(name) is [.., _, "recurrent_kernel"]);

    private static bool IsBackwardIn(ReadOnlySpan<string> parts)
    {
        foreach (string part in parts)
        {
            if (part.StartsWith(Backward, StringComparison.Ordinal))
            {
                return true;
            }
        }

        return false;
    }

    private static string[] Parts(string name)
    {
        int suffix = name.LastIndexOf(':');
        return (suffix < 0 ? name : name[..suffix]).Split('/');
    }
}
