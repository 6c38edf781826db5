namespace Recurrent.Formats.Onnx;

/// <summary>Elements of another storage that follow each other, which are not read before they are needed.</summary>
internal sealed class PartStorage(TensorStorage whole, int begin) : TensorStorage
{
    public override int Depth => whole.Depth + 1;

    public override void Read(int first, Span<float> destination) => whole.Read(begin + first, destination);

    public override void Read(int first, Span<long> destination) => whole.Read(begin + first, destination);
}
