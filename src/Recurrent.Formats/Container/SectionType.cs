namespace Recurrent.Formats.Container;

/// <summary>What a section of a model file holds. Numbers are never used again.</summary>
internal enum SectionType : uint
{
    Model = 1,
    Weights = 2,
    Metadata = 3,
    LayerNames = 4,
    CountedLengths = 5,
    Packed = 6,
}
