using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Recurrent.Training;

namespace Recurrent.Cli.Train;

/// <summary>
/// Writes into checkpoints which series and settings they are of, and finds those of others: they would go on without a
/// word, with another model.
/// </summary>
internal sealed class TrainIdentity : Callback
{
    private const string Name = "recurrent_train";
    private const char Separator = '\n';

    private readonly string[] _settings;
    private readonly int _epochs;

    public TrainIdentity(TrainRequest request, SeriesTask task)
    {
        _epochs = request.Epochs;
        byte[] hash = SHA256.HashData(MemoryMarshal.AsBytes<float>(task.Table.Values));
        _settings =
        [
            .. request.Identity, $"columns {string.Join(',', task.Table.Names)}",
            $"values {System.Convert.ToHexStringLower(hash)[..16]}",
        ];
    }

    public override void Save(TrainingCheckpoint checkpoint, string prefix) =>
        checkpoint.SetText(Name, string.Join(Separator, _settings));

    /// <summary>What of a checkpoint is not as this training has it.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="model">The model that is to go on from it.</param>
    /// <exception cref="InvalidDataException">It is none that this tool has written.</exception>
    public IEnumerable<string> Differences(TrainingCheckpoint checkpoint, TrainableModel<float> model)
    {
        string[] found = checkpoint.GetText(Name).Split(Separator);
        string arithmetic = Arithmetic(checkpoint.InstructionSet, checkpoint.GemmProvider);
        bool isFurther = checkpoint.Epoch > _epochs || (checkpoint.Epoch == _epochs && checkpoint.Batch > 0);
        return
        [
            .. found.Except(_settings),
            .. arithmetic == Arithmetic(model.InstructionSet, model.GemmProvider) ? [] : new[] { arithmetic },
            .. isFurther ? new[] { $"more than {_epochs} epochs" } : [],
        ];
    }

    private static string Arithmetic(string instructionSet, string products) =>
        $"the arithmetic of {instructionSet} and {products}";
}
