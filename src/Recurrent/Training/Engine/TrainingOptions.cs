using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>How a model is trained, besides optimizer and loss.</summary>
public sealed record TrainingOptions
{
    /// <summary>Instruction set of the kernels. Gradients differ between them in the last bits.</summary>
    public InstructionSet InstructionSet { get; init; } = InstructionSet.Auto;

    /// <summary>
    /// Who computes the large products of recurrent layers. With the built-in product, the default, results are the same from run to run
    /// and for any number of threads.
    /// </summary>
    public GemmProvider GemmProvider { get; init; } = GemmProvider.BuiltIn;

    /// <summary>Threads that share the work, the caller's included.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Dropout of each layer, as many as there are layers; empty for none.</summary>
    public IReadOnlyList<LayerDropout> Dropout { get; init; } = [];

    /// <summary>Penalties of each layer, as many as there are layers; empty for none.</summary>
    public IReadOnlyList<LayerRegularizers> Regularizers { get; init; } = [];

    /// <summary>Which blocks of parameters are trained; null for all (Keras <c>trainable</c>).</summary>
    public Func<ParameterBlock, bool>? Trainable { get; init; }

    /// <summary>
    /// Which tables of embeddings are updated sparsely: of those, only the rows that a batch has read are moved, and an
    /// update costs what these rows cost, not what the table does; null for none (PyTorch <c>Embedding(sparse=True)</c>).
    /// With <see cref="Sgd"/> without momentum, where it changes nothing but the time, and with <see cref="Adam"/>, which
    /// then moves rows by the rule of PyTorch's <c>SparseAdam</c>. Other optimizers and penalties of such a table are
    /// refused, because they move all rows.
    /// </summary>
    public Func<ParameterBlock, bool>? Sparse { get; init; }
}
