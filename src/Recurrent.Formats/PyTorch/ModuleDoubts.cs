using System.Globalization;

namespace Recurrent.Formats.PyTorch;

/// <summary>
/// Where the modules of a state dict cannot be all that there is: numbers of an <c>nn.Sequential</c> that are missing,
/// because what they stand for has no parameters, and linear modules in a row, which would be one.
/// </summary>
internal static class ModuleDoubts
{
    private const string Activation = "relu";
    private const string Nothing = "identity";

    // Parts of a name that are looked at: modules are not nested deeper.
    private const int MaxDepth = 64;

    /// <summary>The doubts about an order of modules, in that order.</summary>
    public static IReadOnlyList<ModuleDoubt> Find(IReadOnlyList<PyTorchModule> modules)
    {
        List<ModuleDoubt> doubts = [.. MissingNumbers(modules)];
        int? linear = null;
        for (int i = 0; i < modules.Count; i++)
        {
            bool isLinear = modules[i] is MatrixModule { IsEmbedding: false };
            if (isLinear && linear is { } before && !doubts.Any(doubt => doubt.Index > before && doubt.Index <= i))
            {
                doubts.Add(new ModuleDoubt(
                    i, $"between '{modules[before].Name}' and '{modules[i].Name}'", Activation));
            }

            // A batch normalization is linear too, and changes nothing about what it stands between.
            linear = isLinear ? i : modules[i] is BatchNormModule ? linear : null;
        }

        return [.. doubts.OrderBy(doubt => doubt.Index)];
    }

    private static IEnumerable<ModuleDoubt> MissingNumbers(IReadOnlyList<PyTorchModule> modules)
    {
        var sequences = new Dictionary<string, SortedDictionary<uint, int>>(StringComparer.Ordinal);
        for (int i = 0; i < modules.Count; i++)
        {
            foreach ((string parent, uint number) in Numbers(modules[i].Name))
            {
                sequences.TryAdd(parent, []);
                sequences[parent].TryAdd(number, i);
            }
        }

        foreach ((string parent, SortedDictionary<uint, int> sequence) in sequences)
        {
            long next = 0;
            foreach ((uint number, int index) in sequence)
            {
                if (number > next)
                {
                    yield return new ModuleDoubt(index, Missing(parent, next, number - 1), Guess(modules, index));
                }

                next = number + 1L;
            }
        }
    }

    /// <summary>The parts of a name that are numbers, each with what comes before it.</summary>
    private static IEnumerable<(string Parent, uint Number)> Numbers(string name)
    {
        int start = 0;
        foreach (string part in name.Split('.', MaxDepth))
        {
            if (uint.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out uint number))
            {
                yield return (name[..start], number);
            }

            start += part.Length + 1;
        }
    }

    private static string Missing(string parent, long first, long last) => "in place of " + (last - first) switch
    {
        0 => $"'{parent}{first}'",
        1 => $"'{parent}{first}' and '{parent}{last}'",
        _ => $"'{parent}{first}' to '{parent}{last}'",
    };

    private static string Guess(IReadOnlyList<PyTorchModule> modules, int index) =>
        index > 0 && IsAffine(modules[index - 1]) && IsAffine(modules[index]) ? Activation : Nothing;

    private static bool IsAffine(PyTorchModule module) => module is MatrixModule { IsEmbedding: false } or BatchNormModule;
}
