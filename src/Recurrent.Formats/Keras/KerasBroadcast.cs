using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>
/// Brings values that a layer joins to the same steps, and elementwise ones to the same features, as Keras does: what has one
/// step, or no steps, is there at every step, one feature beside every other one.
/// </summary>
internal sealed class KerasBroadcast(LayerListBuilder layers, KerasSequence sequence)
{
    /// <summary>Brings values together.</summary>
    /// <param name="kind">The class of the layer.</param>
    /// <param name="name">Its name.</param>
    /// <param name="positions">Where the values are; they are changed with them.</param>
    /// <param name="values">The values, in Keras's order of steps.</param>
    public void Fit(string kind, string name, KerasPosition[] positions, int[] values)
    {
        bool isElementwise = kind != "Concatenate";
        if (isElementwise)
        {
            BroadcastFeatures(name, values);
            DropSingleSteps(name, positions, values);
        }

        int[] sequences = Indices(positions, position => position.IsSequence);
        if (sequences.Length == 0)
        {
            return;
        }

        int? steps = sequences.Select(i => positions[i].Steps).FirstOrDefault(count => count is not null);
        int[] rows = isElementwise ? Indices(positions, position => !position.IsSequence) : [];

        // Only sequences of as many steps as the model are given can have a row at every step that there is.
        bool isFixed = sequences.Any(i => positions[i].IsMade) || (rows.Length > 0 && steps != sequence.InputSteps)
            || (steps is not null && sequences.Any(i => positions[i].IsPadded != positions[sequences[0]].IsPadded));
        foreach (int i in sequences)
        {
            if (isFixed && !positions[i].IsMade)
            {
                FixSteps(kind, name, positions, values, i);
            }
        }

        foreach (int i in rows)
        {
            layers.MoveTo(values[i]);
            layers.Add(name, new RepeatLayer(layers.RequireSize(name), isFixed ? steps!.Value : 0));
            values[i] = layers.Value;
            positions[i] = positions[sequences[0]];
        }
    }

    private void BroadcastFeatures(string name, int[] values)
    {
        int most = values.Max(value => layers.SizeOf(value) ?? 0);
        for (int i = 0; i < values.Length; i++)
        {
            if (layers.SizeOf(values[i]) == 1 && most > 1)
            {
                layers.MoveTo(values[i]);
                layers.Charge((Int128)most * sizeof(float), name);
                float[] ones = new float[most];
                ones.AsSpan().Fill(1);
                layers.Add(name, KerasWeights.DenseByOutput(ones, 1, [], Activation.Identity));
                values[i] = layers.Value;
            }
        }
    }

    /// <summary>Makes rows of sequences of one step that stand beside longer ones.</summary>
    private void DropSingleSteps(string name, KerasPosition[] positions, int[] values)
    {
        if (!positions.Any(position => position.IsSequence && !(position is { IsMade: true, Steps: 1 })))
        {
            return;
        }

        foreach (int i in Indices(positions, position => position is { IsSequence: true, IsMade: true, Steps: 1 }))
        {
            layers.MoveTo(values[i]);
            layers.Add(name, new FlattenLayer(layers.RequireSize(name), 1));
            values[i] = layers.Value;
            positions[i] = KerasPosition.Row;
        }
    }

    /// <summary>Makes the number of steps that the file says of those that the model is given.</summary>
    private void FixSteps(string kind, string name, KerasPosition[] positions, int[] values, int index)
    {
        sequence.Position = positions[index];
        sequence.RequireNoMask(name, kind);
        if (positions[index].Steps is not { } steps)
        {
            throw new ModelFormatException(
                $"layer '{name}' ({kind}): it joins a fixed number of steps with a number that the file does not say.");
        }

        layers.MoveTo(values[index]);
        int size = layers.RequireSize(name);
        if ((long)size * steps > LayerSpecification.MaxSize)
        {
            throw new ModelFormatException(
                $"layer '{name}': expected at most {LayerSpecification.MaxSize} elements in all steps, found {(long)steps * size}.");
        }

        layers.Add(name, new FlattenLayer(size, steps));
        layers.Add(name, new UnflattenLayer(size * steps, steps));
        values[index] = layers.Value;
        positions[index] = new KerasPosition(IsSequence: true, Steps: steps, IsMade: true);
    }

    private static int[] Indices(KerasPosition[] positions, Func<KerasPosition, bool> holds) =>
        [.. Enumerable.Range(0, positions.Length).Where(i => holds(positions[i]))];
}
