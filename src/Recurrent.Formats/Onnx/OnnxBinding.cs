namespace Recurrent.Formats;

/// <summary>
/// A model from an ONNX graph, and how the graph's inputs and outputs are given to and taken from a session.
/// </summary>
public sealed class OnnxBinding
{
    /// <summary>The model.</summary>
    public required ImportedModel Model { get; init; }

    /// <summary>The inputs that are not constants, in the graph's order.</summary>
    public required IReadOnlyList<OnnxInput> Inputs { get; init; }

    /// <summary>The outputs in the graph's order.</summary>
    public required IReadOnlyList<OnnxOutput> Outputs { get; init; }
}
