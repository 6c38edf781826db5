using System.Runtime.CompilerServices;
using Recurrent.Layers;

namespace Recurrent;

/// <content>Independent sequences of a model of several inputs or outputs.</content>
public sealed partial class RecurrentModel
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
    /// <exception cref="InsufficientMemoryException">Memory for a larger shape could not be had.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    [OverloadResolutionPriority(-1)]
    public float[][] Predict(
        ReadOnlySpan<InputBuffer<float>> inputs,
        int batch,
        int time,
        in SequenceMask mask = default,
        SequenceLayout? layout = null)
    {
        _predictors.ThrowIfClosed();
        SequenceLayout order = layout ?? Layout;
        SequenceShape sequences = new(Graph, batch, nameof(batch));
        BufferShape shape = new(Graph, sequences);
        shape.RequireInputs(inputs, time, order);
        shape.RequireMask<float>(mask, [], time, order);
        float[][] outputs = new float[Graph.Outputs.Count][];
        OutputBuffer<float>[] buffers = new OutputBuffer<float>[outputs.Length];
        for (int output = 0; output < outputs.Length; output++)
        {
            outputs[output] = sequences.CreateOutput<float>(time, output);
            buffers[output] = outputs[output];
        }

        PredictChecked(inputs, batch, time, buffers, mask, order);
        return outputs;
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
    /// <exception cref="InsufficientMemoryException">Memory for a larger shape could not be had.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    [OverloadResolutionPriority(-1)]
    public void Predict(
        ReadOnlySpan<InputBuffer<float>> inputs,
        int batch,
        int time,
        ReadOnlySpan<OutputBuffer<float>> outputs,
        in SequenceMask mask = default,
        SequenceLayout? layout = null)
    {
        _predictors.ThrowIfClosed();
        SequenceLayout order = layout ?? Layout;
        BufferShape shape = new(Graph, new SequenceShape(Graph, batch, nameof(batch)));
        shape.RequireRun(inputs, outputs, time, order);
        shape.RequireMask(mask, outputs, time, order);
        PredictChecked(inputs, batch, time, outputs, mask, order);
    }

    private void PredictChecked(
        ReadOnlySpan<InputBuffer<float>> inputs,
        int batch,
        int time,
        ReadOnlySpan<OutputBuffer<float>> outputs,
        in SequenceMask mask,
        SequenceLayout layout)
    {
        Session session = _predictors.Rent();
        try
        {
            session.Predict(inputs, outputs, batch, time, mask, layout);
        }
        finally
        {
            _predictors.Return(session);
        }
    }
}
