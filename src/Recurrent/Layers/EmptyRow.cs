namespace Recurrent.Layers;

/// <summary>What the final state of a batch row is whose length is 0.</summary>
public enum EmptyRow
{
    /// <summary>Its initial state: the row is masked.</summary>
    KeepsState = 0,

    /// <summary>Zero, as ONNX has it.</summary>
    ZeroesState = 1,
}
