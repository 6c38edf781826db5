namespace Recurrent.Formats.PyTorch.Checkpoint;

/// <summary>What a checkpoint holds: its objects, and where the bytes of its storages are.</summary>
/// <param name="Format">What the file is, for people.</param>
/// <param name="Root">The object that was saved.</param>
/// <param name="Open">Finds the bytes of a storage, refusing one that is not there or of another size.</param>
internal sealed record CheckpointContents(string Format, object? Root, Func<TorchStorage, StorageBytes> Open);
