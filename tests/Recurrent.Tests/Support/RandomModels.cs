using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>Puts what else a model can have into a case of layers that multiply.</summary>
internal static class RandomModels
{
    public static SequenceCase Extend(SequenceCase @case)
    {
        Random random = new(~@case.Seed);
        List<LayerCase> layers = [.. @case.Layers.Select(layer => layer with { TrainedState = random.Next(2) == 0 })];
        for (int extra = random.Next(4); extra > 0; extra--)
        {
            layers.Insert(random.Next(layers.Count + 1), Pointwise(random));
        }

        if (random.Next(4) == 0)
        {
            layers.Insert(0, new LayerCase { Cell = CellKind.Embedding, Size = random.Next(1, 20) });
        }
        else if (random.Next(8) == 0)
        {
            // No layer with a state: everything that there is to compute belongs to one step.
            layers.RemoveAll(layer => layer.Cell.IsRecurrent() || layer.Cell == CellKind.Convolution);
            layers.Add(Pointwise(random));
        }

        return @case with
        {
            Layers = layers,
            Output = (ModelOutput)random.Next(3),
            Masking = random.Next(2) == 0 ? null : RandomMasking(random),
            Mask = random.Next(2) == 0,
        };
    }

    private static LayerCase Pointwise(Random random) => new()
    {
        Cell = CellKinds.Pointwise[random.Next(CellKinds.Pointwise.Count)],
        Activations = new(default, SequenceCases.RandomActivation(random), default),
        InputBias = random.Next(2) == 0,
        Span = random.Next(1, 5),
    };

    private static Masking RandomMasking(Random random) => new()
    {
        // The index 0 or 1, too, where the model takes indices and knows it.
        Value = random.Next(3) switch { 0 => 0, 1 => 1, _ => float.NaN },
        Output = (MissingOutput)random.Next(2),
    };
}
