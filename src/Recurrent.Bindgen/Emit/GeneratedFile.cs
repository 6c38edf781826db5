namespace Recurrent.Bindgen.Emit;

/// <summary>A file that the generator is responsible for.</summary>
/// <param name="Path">Path below the root of the tree, with forward slashes.</param>
/// <param name="Text">Its whole text.</param>
internal sealed record GeneratedFile(string Path, string Text);
