namespace Recurrent.Layers;

/// <summary>An output of a model: its name, and what it gives.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The number of the value that is put out; see <see cref="ModelDefinition.Values"/>.</param>
/// <param name="Kind">
/// <see cref="ValueKind.Sequence"/>, or <see cref="ValueKind.Row"/> for one step of output: <c>[batch, features]</c>.
/// </param>
/// <param name="Size">Features.</param>
public sealed record OutputValue(string Name, int Value, ValueKind Kind, int Size);
