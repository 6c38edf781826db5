namespace Recurrent.Formats.Onnx;

/// <summary>
/// Bounds what is read and computed of constants: a small file must not ask for much memory, nor for much time by asking
/// for the same again and again.
/// </summary>
internal sealed class FoldingBudget
{
    /// <summary>Elements that may come from nothing: a fill, or the broadcast of a few numbers.</summary>
    private const long FreeElements = 16 << 20;

    /// <summary>How often a weight may be read or rearranged; exporters do it up to five times, of four bytes each.</summary>
    private const int PassesOverBytes = 2;

    private long _taken;

    /// <summary>Asks for elements before they are made.</summary>
    /// <param name="elements">How many.</param>
    /// <param name="storedBytes">Bytes that there really are, in the model's file and beside it.</param>
    /// <returns>Whether they may be made.</returns>
    public bool TryTake(long elements, long storedBytes)
    {
        if (elements > Array.MaxLength || elements > FreeElements + (PassesOverBytes * storedBytes) - _taken)
        {
            return false;
        }

        _taken += elements;
        return true;
    }
}
