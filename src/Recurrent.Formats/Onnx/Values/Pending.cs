namespace Recurrent.Formats.Onnx;

/// <summary>What operators have computed of data that is not a layer yet.</summary>
internal abstract record Pending
{
    /// <summary>For messages: what this is.</summary>
    public abstract override string ToString();
}
