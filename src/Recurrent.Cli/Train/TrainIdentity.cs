using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Recurrent.Training;

namespace Recurrent.Cli.Train;

/// <summary>
/// Writes into checkpoints which series and settings they are of, and refuses those of others: they would go on without a
/// word, with another model.
/// </summary>
internal sealed class TrainIdentity : Callback
{
    private const string Name = "recurrent_train";
    private const char Separator = '\n';

    private readonly string[] _settings;

    public TrainIdentity(TrainRequest request, SeriesTask task)
    {
        byte[] hash = SHA256.HashData(MemoryMarshal.AsBytes<float>(task.Table.Values));
        _settings =
        [
            .. request.Identity, $"columns {string.Join(',', task.Table.Names)}",
            $"values {System.Convert.ToHexStringLower(hash)[..16]}",
        ];
    }

    public override void Save(TrainingCheckpoint checkpoint, string prefix) =>
        checkpoint.SetText(Name, string.Join(Separator, _settings));

    /// <summary>Reads a checkpoint.</summary>
    /// <param name="path">Its file.</param>
    /// <returns>The checkpoint; null if there is no file.</returns>
    /// <exception cref="UnusableInputException">It is of something else, or damaged.</exception>
    public TrainingCheckpoint? Load(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            TrainingCheckpoint checkpoint = TrainingCheckpoint.Load(path);
            string[] found = checkpoint.GetText(Name).Split(Separator);
            string[] others = [.. found.Except(_settings)];
            return others.Length == 0
                ? checkpoint
                : throw new UnusableInputException(
                    $"{path}: expected a checkpoint of this training, found one with {string.Join(", ", others)}; delete it "
                    + "to begin anew.");
        }
        catch (InvalidDataException e)
        {
            throw new UnusableInputException($"{path}: no checkpoint to go on from: {e.Message}", e);
        }
    }
}
