namespace Recurrent.Layers;

/// <summary>
/// The last of layers that follow each other which have no state and need nothing from before them: they can be computed for
/// a single step of a sequence.
/// </summary>
internal static class LayerTail
{
    /// <summary>The first of them; the number of layers if there are none.</summary>
    public static int Find(IReadOnlyList<LayerSpecification> specifications)
    {
        int begin = 0;
        for (int i = 0; i < specifications.Count; i++)
        {
            if (!specifications[i].ComputesSteps)
            {
                begin = i + 1;
            }
        }

        // A residual connection that starts before the tail keeps itself and all before it out of it.
        for (int i = begin; i < specifications.Count; i++)
        {
            if (specifications[i] is ResidualSpecification residual && i - residual.Span < begin)
            {
                begin = i + 1;
            }
        }

        return begin;
    }
}
