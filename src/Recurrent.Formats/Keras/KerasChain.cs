using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Functions of a value, layer by layer; the builder is left at the last one.</summary>
internal sealed class KerasChain(LayerListBuilder layers, string name, int value) : IElementwise<KerasChain>
{
    private int Value => value;

    /// <summary>All layers have the name of Keras's one, and a chain does not change.</summary>
    KerasChain IElementwise<KerasChain>.Begin(string part) => this;

    public KerasChain Then(Activation activation)
    {
        layers.MoveTo(value);
        layers.Add(name, new ActivationLayer(layers.RequireSize(name), activation));
        return new KerasChain(layers, name, layers.Value);
    }

    public KerasChain Times(KerasChain other)
    {
        layers.Join(name, new ProductLayer(layers.SizeOf(value)!.Value), [value, other.Value]);
        return new KerasChain(layers, name, layers.Value);
    }
}
