using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Layers of Keras that read several others, and directions that become one.</summary>
internal sealed class KerasJoins(LayerListBuilder layers, KerasSequence sequence)
{
    /// <summary>Whether a layer of this class reads several others.</summary>
    public static bool IsKnown(string kind) =>
        kind is "Add" or "Subtract" or "Average" or "Multiply" or "Maximum" or "Minimum" or "Concatenate";

    /// <summary>Adds a layer that reads several others.</summary>
    /// <param name="kind">Its class.</param>
    /// <param name="name">Its name.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="inputs">What it reads.</param>
    public void Add(string kind, string name, JsonValue config, IReadOnlyList<KerasValue> inputs)
    {
        if (inputs.Count < 2)
        {
            throw new ModelFormatException($"layer '{name}' ({kind}): expected two layers or more that it reads.");
        }

        if (kind == "Subtract" && inputs.Count > 2)
        {
            throw new ModelFormatException($"layer '{name}' ({kind}): expected two layers that it reads, found {inputs.Count}.");
        }

        int[] values = [.. inputs.Select(input => InOrder(name, input))];
        KerasPosition[] positions = [.. inputs.Select(input => input.Position with { IsReversed = false })];
        new KerasBroadcast(layers, sequence).Fit(kind, name, positions, values);
        RequireAlike(kind, name, positions, values);
        sequence.Position = positions[0] with
        {
            Steps = positions.Select(position => position.Steps).FirstOrDefault(steps => steps is not null),
            MaskEnd = positions.Select(position => position.MaskEnd).FirstOrDefault(end => end is not null),
        };
        int size = layers.SizeOf(values[0])!.Value;
        switch (kind)
        {
            case "Concatenate":
                RequireFeatures(name, config);
                layers.Join(name, new ConcatenationLayer(checked(values.Sum(value => layers.SizeOf(value)!.Value))), values);
                break;
            case "Multiply":
                int product = values[0];
                foreach (int value in values.Skip(1))
                {
                    layers.Join(name, new ProductLayer(size), [product, value]);
                    product = layers.Value;
                }

                break;
            case "Subtract":
                layers.Join(name, new SumLayer(size), [values[0], Negative(name, values[1], size)]);
                break;
            case "Maximum" or "Minimum":
                layers.MoveTo(values.Aggregate((one, other) => Larger(name, one, other, size, kind == "Minimum")));
                layers.Note(
                    ImportNoteKind.Assumed, name,
                    $"{kind} is computed as {(kind == "Maximum" ? "a + relu(b - a)" : "a - relu(a - b)")}, which is right within the rounding "
                    + "of the larger one of both.");
                break;
            default:
                layers.Join(name, new SumLayer(size), values);
                if (kind == "Average")
                {
                    layers.AddFactor(name, 1f / values.Length);
                }

                break;
        }
    }

    /// <summary><c>a + relu(b - a)</c>, or <c>a - relu(a - b)</c>: no layer has the larger one of two values.</summary>
    public int Larger(string name, int one, int other, int size, bool isSmaller = false)
    {
        layers.Join(name, new SumLayer(size), isSmaller ? [one, Negative(name, other, size)] : [other, Negative(name, one, size)]);
        layers.Add(name, new ActivationLayer(size, Activation.Relu));
        layers.Join(name, new SumLayer(size), [one, isSmaller ? Negative(name, layers.Value, size) : layers.Value]);
        return layers.Value;
    }

    private int Negative(string name, int value, int size)
    {
        layers.MoveTo(value);
        layers.Add(name, new ActivationLayer(size, Activation.Affine(-1)));
        return layers.Value;
    }

    /// <summary>Makes one value of both directions, which are side by side.</summary>
    /// <param name="mode">How: Keras's <c>merge_mode</c>.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="units">Features of a direction.</param>
    public void Merge(string mode, string name, int units)
    {
        if (mode == "concat")
        {
            return;
        }

        int both = layers.Value;
        layers.Add(name, Direction(0, units));
        int forward = layers.Value;
        layers.MoveTo(both);
        layers.Add(name, Direction(units, units));
        int[] values = [forward, layers.Value];
        layers.Join(name, mode == "mul" ? new ProductLayer(units) : new SumLayer(units), values);
        layers.AddFactor(name, mode == "ave" ? 0.5f : 1);
    }

    private static SliceLayer Direction(int first, int units) =>
        new(new SliceSpecification { InputSize = 2 * units, First = first, OutputSize = units });

    private int InOrder(string name, KerasValue input)
    {
        layers.MoveTo(input.Number);
        sequence.Position = input.Position;
        sequence.TurnAround(name);
        return layers.Value;
    }

    private void RequireAlike(string kind, string name, KerasPosition[] positions, int[] values)
    {
        int[] steps = [.. positions.Select(position => position.Steps).OfType<int>().Distinct()];
        if (steps.Length > 1)
        {
            throw new ModelFormatException(
                $"layer '{name}' ({kind}): expected layers with the same steps, found {string.Join(" and ", steps)}.");
        }

        if (positions.Any(position => position.IsSequence != positions[0].IsSequence))
        {
            throw new ModelFormatException(
                $"layer '{name}' ({kind}): it joins a sequence with a row, which is not supported; expected layers with the "
                + "same steps.");
        }

        if (kind != "Concatenate" && values.Any(value => layers.SizeOf(value) != layers.SizeOf(values[0])))
        {
            throw new ModelFormatException(
                $"layer '{name}' ({kind}): expected layers with the same number of features, found "
                + $"{string.Join(", ", values.Select(layers.SizeOf))}.");
        }
    }

    private void RequireFeatures(string name, JsonValue config)
    {
        int last = sequence.Position.IsSequence ? 2 : 1;
        if (config.Find("axis") is { } axis && !(axis.IsNumber && (axis.Number() == -1 || axis.Number() == last)))
        {
            throw new ModelFormatException($"layer '{name}': {axis.Unexpected("features side by side, axis -1").Message}");
        }
    }
}
