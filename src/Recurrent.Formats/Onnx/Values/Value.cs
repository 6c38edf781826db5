namespace Recurrent.Formats.Onnx;

/// <summary>What is known of an input or output of a node without running the graph.</summary>
internal abstract class Value
{
    /// <summary>For messages: what this is.</summary>
    public abstract override string ToString();
}
