namespace Recurrent.Formats.PyTorch;

/// <summary>Something that a model must have at a place, and of which a state dict does not say what it is.</summary>
/// <param name="Index">The module that it comes before, counted in the order of the modules.</param>
/// <param name="Place">The place, as in <c>between 'fc1' and 'fc2'</c>.</param>
/// <param name="Guess">What it could be, as an entry of a list of modules.</param>
internal sealed record ModuleDoubt(int Index, string Place, string Guess);
