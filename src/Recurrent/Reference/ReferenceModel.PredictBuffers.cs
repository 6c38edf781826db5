using System.Runtime.CompilerServices;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <content>Independent sequences of a model of several inputs or outputs.</content>
public sealed partial class ReferenceModel<T>
{
    /// <summary>Computes independent sequences, each from the states that a sequence starts from.</summary>
    /// <param name="inputs">
    /// Every input of the model, by its name or its position: sequences <c>[time, batch, size]</c>, or as the layout says,
    /// rows <c>[batch, size]</c>, indices <c>[time, batch]</c>.
    /// </param>
    /// <param name="batch">Sequences, 0 or more.</param>
    /// <param name="time">Steps of the longest sequence, 0 or more.</param>
    /// <param name="mask">Lengths of the sequences, and which steps are there.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <returns>
    /// All outputs, in the order of <see cref="Outputs"/>: sequences <c>[steps, batch, size]</c>, or as the layout says, of as
    /// many steps as <see cref="ModelDefinition.OutputSteps"/> says, and rows <c>[batch, size]</c>.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// A name is not known or given twice, an input is left out, a length is wrong, an index is out of range, or steps are said
    /// to be missing and the model has no masking.
    /// </exception>
    [OverloadResolutionPriority(-1)]
    public T[][] Predict(
        ReadOnlySpan<InputBuffer<T>> inputs,
        int batch,
        int time,
        in SequenceMask mask = default,
        SequenceLayout? layout = null)
    {
        SequenceLayout order = layout ?? Layout;
        BufferShape shape = new(Graph, new SequenceShape(Graph, batch, nameof(batch)));
        shape.RequireInputs(inputs, time, order);
        shape.RequireMask<T>(mask, [], time, order);
        return OpenSession(batch).RunChecked(ModelInputs<T>.Of(Graph, inputs), time, mask, order);
    }

    /// <summary>Computes independent sequences, each from the states that a sequence starts from.</summary>
    /// <param name="inputs">Every input of the model, likewise.</param>
    /// <param name="batch">Sequences, 0 or more.</param>
    /// <param name="time">Steps of the longest sequence, 0 or more.</param>
    /// <param name="outputs">
    /// Receive the outputs that are wanted, each of exactly its length. Must not overlap the inputs, the mask or each other.
    /// </param>
    /// <param name="mask">Lengths of the sequences, and which steps are there.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="ArgumentException">
    /// A name is not known or given twice, an input is left out, a length is wrong, an index is out of range, memory overlaps,
    /// or steps are said to be missing and the model has no masking.
    /// </exception>
    [OverloadResolutionPriority(-1)]
    public void Predict(
        ReadOnlySpan<InputBuffer<T>> inputs,
        int batch,
        int time,
        ReadOnlySpan<OutputBuffer<T>> outputs,
        in SequenceMask mask = default,
        SequenceLayout? layout = null)
    {
        SequenceLayout order = layout ?? Layout;
        BufferShape shape = new(Graph, new SequenceShape(Graph, batch, nameof(batch)));
        shape.RequireRun(inputs, outputs, time, order);
        shape.RequireMask(mask, outputs, time, order);
        T[][] computed = OpenSession(batch).RunChecked(ModelInputs<T>.Of(Graph, inputs), time, mask, order);
        ModelOutputs.Copy(computed, Graph.OutputNames, outputs);
    }
}
