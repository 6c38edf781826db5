using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>The memory of tensors as a pickle names it; its bytes are elsewhere in the file.</summary>
internal sealed record TorchStorage(string Key, TensorElementType ElementType, long ElementCount)
{
    public Int128 ByteCount => (Int128)ElementCount * ElementType.SizeInBytes();
}
