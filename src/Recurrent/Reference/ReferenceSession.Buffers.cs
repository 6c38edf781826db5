using System.Runtime.CompilerServices;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <content>Steps and runs of a model of several inputs or outputs.</content>
public sealed partial class ReferenceSession<T>
{
    /// <summary>Advances every row by one step.</summary>
    /// <param name="inputs">
    /// Every input of the model, by its name or its position: features <c>[batch, size]</c>, or indices <c>[batch]</c>.
    /// Inputs that are rows are given with every step.
    /// </param>
    /// <param name="outputs">
    /// Receive the outputs <c>[batch, size]</c>, those that are wanted; must not overlap the inputs or each other.
    /// </param>
    /// <exception cref="NotSupportedException">A layer needs the whole sequence.</exception>
    /// <exception cref="ArgumentException">
    /// A name is not known or given twice, an input is left out, a length is wrong, an index is out of range, or memory
    /// overlaps.
    /// </exception>
    [OverloadResolutionPriority(-1)]
    public void Step(ReadOnlySpan<InputBuffer<T>> inputs, ReadOnlySpan<OutputBuffer<T>> outputs)
    {
        Model.Graph.RequireStep();
        new BufferShape(Model.Graph, _shape).RequireStep(inputs, outputs);
        T[][] computed = Advance(ModelInputs<T>.Of(Model.Graph, inputs), 1, default, SequenceLayout.TimeMajor);
        ModelOutputs.Copy(computed, Model.Graph.OutputNames, outputs);
    }

    /// <summary>Advances every row by a whole sequence, or by a piece of one if the model can be stepped.</summary>
    /// <param name="inputs">
    /// Every input of the model, by its name or its position: sequences <c>[time, batch, size]</c>, or as the layout says,
    /// rows <c>[batch, size]</c>, indices <c>[time, batch]</c>.
    /// </param>
    /// <param name="outputs">
    /// Receive the outputs that are wanted: sequences <c>[steps, batch, size]</c>, or as the layout says, of as many steps as
    /// <see cref="ModelDefinition.OutputSteps"/> says, and rows <c>[batch, size]</c>. Must not overlap the inputs, the mask or
    /// each other.
    /// </param>
    /// <param name="time">Steps of the model's inputs, 0 or more; with 0 no state changes.</param>
    /// <param name="mask">Lengths of the rows, and which steps are there.</param>
    /// <param name="layout">Order of the axes; null for the model's.</param>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence and the states come from an earlier run.
    /// </exception>
    /// <exception cref="ArgumentException">
    /// A name is not known or given twice, an input is left out, a length is wrong, an index is out of range, memory overlaps,
    /// or steps are said to be missing and the model has no masking.
    /// </exception>
    [OverloadResolutionPriority(-1)]
    public void Run(
        ReadOnlySpan<InputBuffer<T>> inputs,
        ReadOnlySpan<OutputBuffer<T>> outputs,
        int time,
        in SequenceMask mask = default,
        SequenceLayout? layout = null)
    {
        SequenceLayout order = layout ?? Model.Layout;
        BufferShape shape = new(Model.Graph, _shape);
        shape.RequireRun(inputs, outputs, time, order);
        shape.RequireMask(mask, outputs, time, order);
        T[][] computed = RunChecked(ModelInputs<T>.Of(Model.Graph, inputs), time, mask, order);
        ModelOutputs.Copy(computed, Model.Graph.OutputNames, outputs);
    }
}
