namespace Recurrent.Formats;

/// <summary>
/// What <c>alpha</c> and <c>beta</c> of an activation are where an RNN, GRU or LSTM node does not say it. The two
/// differ for Affine, ScaledTanh and ThresholdedRelu only.
/// </summary>
public enum OnnxActivationDefaults
{
    /// <summary>
    /// The defaults of the operators of the same names, as the ONNX specification has it: Affine 1 and 0, ScaledTanh
    /// 1 and 1, ThresholdedRelu 1.
    /// </summary>
    Specification = 0,

    /// <summary>What ONNX Runtime computes with: 0 for the three of them.</summary>
    OnnxRuntime = 1,
}
