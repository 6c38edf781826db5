namespace Recurrent.Formats.Onnx;

/// <summary>Elements of a tensor, wherever they are. Whole numbers below 64 bits can be read as either kind.</summary>
internal abstract class TensorStorage
{
    /// <summary>Storages that are read through each other to get at the elements.</summary>
    public virtual int Depth => 0;

    /// <summary>Reads elements as singles.</summary>
    public abstract void Read(int first, Span<float> destination);

    /// <summary>Reads elements as integers.</summary>
    public abstract void Read(int first, Span<long> destination);
}
