namespace Recurrent.Layers;

/// <summary>
/// Coupling of an LSTM's input and forget gates. The weights of the gate that is replaced are not used.
/// </summary>
public enum GateCoupling
{
    /// <summary>Both gates have their own weights.</summary>
    None = 0,

    /// <summary><c>f = 1 - i</c> (ONNX <c>input_forget</c>, as ONNX Runtime computes it).</summary>
    ForgetFromInput = 1,

    /// <summary><c>i = 1 - f</c>.</summary>
    InputFromForget = 2,
}
