namespace Recurrent.Formats;

/// <summary>What an axis of a tensor that goes into or comes out of an ONNX graph counts.</summary>
public enum OnnxAxis
{
    /// <summary>Time steps.</summary>
    Time = 0,

    /// <summary>Batch rows.</summary>
    Batch = 1,

    /// <summary>Directions of a recurrent layer, or of several layers behind each other: see the states.</summary>
    Direction = 2,

    /// <summary>Features of a step; of one direction where there is also a <see cref="Direction"/> axis.</summary>
    Features = 3,
}
