namespace Recurrent.Layers;

/// <summary>What a model puts out for a sequence. A single step always gives its own output.</summary>
public enum ModelOutput
{
    /// <summary>The output of every step (Keras <c>return_sequences=True</c>).</summary>
    EveryStep = 0,

    /// <summary>The output of each row's last valid step: one step of output for a sequence of any length.</summary>
    LastStep = 1,

    /// <summary>
    /// What the layers behind the last recurrent one make of its final states, forward and reverse side by side (Keras
    /// <c>return_sequences=False</c>, ONNX <c>Y_h</c>). Differs from <see cref="LastStep"/> only where the last recurrent
    /// layer has a reverse direction, whose final state belongs to the first step.
    /// </summary>
    FinalState = 2,
}
