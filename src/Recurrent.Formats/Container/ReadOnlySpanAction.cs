namespace Recurrent.Formats.Container;

/// <summary>Takes some bytes, which are good for the call only.</summary>
internal delegate void ReadOnlySpanAction(ReadOnlySpan<byte> bytes);
