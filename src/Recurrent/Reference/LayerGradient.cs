using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>A layer there and back.</summary>
/// <typeparam name="T">The number type.</typeparam>
internal abstract class LayerGradient<T>
    where T : IFloatingPointIeee754<T>
{
    /// <summary>What the layer is.</summary>
    public abstract LayerSpecification Specification { get; }

    /// <summary>Computes the output and the final states of a batch.</summary>
    public abstract void Forward(LayerPass<T> pass);

    /// <summary>Adds the gradients of the parameters to where they are gathered.</summary>
    /// <param name="pass">What <see cref="Forward"/> has kept.</param>
    /// <param name="gradients">The gradients of everything else.</param>
    public abstract void Backward(LayerPass<T> pass, LayerPassGradients gradients);

    /// <summary>The states of a batch, as a sequence starts from them.</summary>
    public virtual DirectionState<T>[] CreateStates(int batch) => [];

    /// <summary>Zeros in the shape of the states of a batch.</summary>
    public virtual DirectionState<double>[] CreateStateGradients(int batch) => [];

    /// <summary>
    /// Adds the gradients of states that a sequence started from to those of the parameters that they came from.
    /// </summary>
    public virtual void AddInitialStates(DirectionState<double>[] gradients, int batch)
    {
    }
}
