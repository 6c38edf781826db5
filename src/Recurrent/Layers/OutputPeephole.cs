namespace Recurrent.Layers;

/// <summary>Which cell state the peephole of an LSTM's output gate sees.</summary>
public enum OutputPeephole
{
    /// <summary>The new state <c>c'</c> (Gers and Schmidhuber 2000, ONNX).</summary>
    NewCell = 0,

    /// <summary>The previous state <c>c</c>.</summary>
    PreviousCell = 1,
}
