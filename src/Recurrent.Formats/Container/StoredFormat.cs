namespace Recurrent.Formats.Container;

/// <summary>How weights lie in a file; the numbers are those of <c>recurrent_weight_format</c>.</summary>
internal enum StoredFormat
{
    Float32 = 0,
    BFloat16 = 1,
    Int8 = 2,
}
