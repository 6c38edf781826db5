namespace Recurrent.Training;

/// <summary>What a checkpoint holds.</summary>
/// <param name="Texts">Texts by name.</param>
/// <param name="Tensors">Numbers by name.</param>
/// <param name="HasChecksum">Whether damage to any of it would be noticed.</param>
internal sealed record CheckpointContents(
    Dictionary<string, string> Texts, Dictionary<string, CheckpointTensor> Tensors, bool HasChecksum);
