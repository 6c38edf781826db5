namespace Recurrent.Formats.Tensors;

/// <summary>A path has a link where there must be none.</summary>
internal sealed class LinkException : IOException;
