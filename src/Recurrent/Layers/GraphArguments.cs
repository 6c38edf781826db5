namespace Recurrent.Layers;

/// <summary>Checks of what a graph is made of, apart from what its layers read.</summary>
internal static class GraphArguments
{
    /// <summary>The most characters of a name.</summary>
    public const int MaxName = 256;

    /// <summary>A copy of a list of 1 to 1024 things, none of them null.</summary>
    public static IReadOnlyList<T> Copy<T>(IReadOnlyList<T> items, string what, string argument)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(items, argument);
        if (items.Count is < 1 or > LayerGraph.MaxLayers)
        {
            throw new ArgumentException(
                $"{argument}: expected 1 to {LayerGraph.MaxLayers} {what}, found {items.Count}.", argument);
        }

        T[] copy = [.. items];
        for (int i = 0; i < copy.Length; i++)
        {
            ArgumentNullException.ThrowIfNull(copy[i], $"{argument}[{i}]");
        }

        return copy;
    }

    public static void RequireInputs(IReadOnlyList<ModelInput> inputs, string argument, bool mayBeRows = false)
    {
        for (int i = 0; i < inputs.Count; i++)
        {
            string name = $"{argument}[{i}]";
            RequireName(inputs[i].Name, [.. inputs.Take(i).Select(input => input.Name)], name, argument);
            Require.Defined(inputs[i].Kind, $"{name}.{nameof(ModelInput.Kind)}");
            Require.Size(inputs[i].Size, $"{name}.{nameof(ModelInput.Size)}");
        }

        if (!mayBeRows && inputs.All(input => input.Kind == ValueKind.Row))
        {
            throw new ArgumentException(
                $"{argument}: expected a sequence or indices among them, found rows alone, which have no steps.", argument);
        }
    }

    public static void RequireOutputs(
        IReadOnlyList<NamedOutput> outputs, int inputCount, int valueCount, string argument)
    {
        for (int i = 0; i < outputs.Count; i++)
        {
            string name = $"{argument}[{i}]";
            RequireName(outputs[i].Name, [.. outputs.Take(i).Select(output => output.Name)], name, argument);
            int value = outputs[i].Value;
            if (value < inputCount || value >= valueCount)
            {
                throw new ArgumentException(
                    $"{name}: expected the value of a layer, {inputCount} to {valueCount - 1}, found {value}"
                    + (value >= 0 && value < inputCount ? ", an input." : "."),
                    argument);
            }

            if (outputs.Take(i).Any(output => output.Value == value))
            {
                throw new ArgumentException(
                    $"{name}: expected a value that no output before it has, found {value} again.", argument);
            }
        }
    }

    public static void RequireMasking(LayerGraph graph, string argument)
    {
        if (graph.Masking is not { } masking)
        {
            return;
        }

        for (int i = 0; i < graph.Specifications.Count; i++)
        {
            if (graph.Specifications[i].ChangesSteps)
            {
                throw new ArgumentException(
                    $"{argument}: expected none, because layer {i}, {graph.Layers[i].Kind}, changes the number "
                    + $"of steps; found {masking}.",
                    argument);
            }
        }

        RequireMaskValue(graph.Inputs, masking.Value, argument);
    }

    // Where there are features too, the value may be theirs alone.
    private static void RequireMaskValue(IReadOnlyList<ModelInput> inputs, float value, string argument)
    {
        int vocabulary = inputs
            .Select(input => input.Kind == ValueKind.Indices ? input.Size : 0).DefaultIfEmpty().Max();
        if (vocabulary > 0 && inputs.All(input => input.Kind != ValueKind.Sequence) && !float.IsNaN(value)
            && !(value >= 0 && value < vocabulary && float.IsInteger(value)))
        {
            throw new ArgumentException(
                $"{argument}: expected an index from 0 to {vocabulary - 1} as Value, or NaN for none, found {value}.",
                argument);
        }
    }

    private static void RequireName(string name, List<string> before, string place, string argument)
    {
        if (string.IsNullOrEmpty(name) || name.Length > MaxName || name.Any(char.IsControl))
        {
            throw new ArgumentException(
                $"{place}: expected a name of 1 to {MaxName} characters, none of them a control character, found "
                + (string.IsNullOrEmpty(name) ? "none." : $"{name.Length} characters."),
                argument);
        }

        int first = before.IndexOf(name);
        if (first >= 0)
        {
            throw new ArgumentException(
                $"{place}: expected a name of its own, found that of {argument}[{first}].", argument);
        }
    }
}
