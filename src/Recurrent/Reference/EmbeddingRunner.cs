using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The row of a table that the index of every valid step picks.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <typeparam name="TArithmetic">Its arithmetic.</typeparam>
internal sealed class EmbeddingRunner<T, TArithmetic>(
    EmbeddingSpecification specification, LayerParameters<T> parameters) : StatelessRunner<T>
    where T : IFloatingPointIeee754<T>
    where TArithmetic : IArithmetic<T>
{
    private readonly T[] _table = parameters.Packed<TArithmetic>(ParameterRole.Table);

    public override LayerSpecification Specification { get; } = specification;

    protected override void Apply(LayerInput<T> input, int step, Span<T> y) =>
        Product.Row(_table, input.Indices[step], y.Length).CopyTo(y);
}
