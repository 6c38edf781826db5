using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The row of a table that an index picks: the gradient goes into that row.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal sealed class EmbeddingGradient<T>(LayerRunner<T> runner, LayerParameters<double> gradients)
    : StatelessGradient<T>(runner)
    where T : IFloatingPointIeee754<T>
{
    private readonly Memory<double> _table = gradients.Part(ParameterRole.Table);
    private readonly ISet<int> _rows = gradients.Rows;

    protected override void Step(LayerPass<T> pass, LayerPassGradients gradients, int step)
    {
        ReadOnlySpan<double> dy = Output(gradients.Output, step);
        _rows.Add(pass.Indices[step]);
        Product.Gather(1, dy, Product.Row(_table, pass.Indices[step], dy.Length));
    }
}
