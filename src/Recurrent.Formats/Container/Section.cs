namespace Recurrent.Formats.Container;

/// <summary>A section as the table of a file has it.</summary>
/// <param name="Type">What it holds.</param>
/// <param name="IsRequired">Whether a reader that does not know the type has to refuse the file.</param>
/// <param name="Offset">Where it begins in the file.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Checksum">Their CRC-32C.</param>
internal readonly record struct Section(SectionType Type, bool IsRequired, long Offset, long Length, uint Checksum);
