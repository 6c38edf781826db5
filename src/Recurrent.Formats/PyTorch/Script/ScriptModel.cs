using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>
/// Models from TorchScript archives. The code does not say how many dimensions its inputs have: they are tried, the likeliest
/// first, until the code can be followed to its end.
/// </summary>
internal static class ScriptModel
{
    private const int MaxReadings = 128;

    // Of what reading a file may take: readings that fail take no more than this together, and the last one as much as it may.
    private const int ShareOfFailures = 4;

    /// <summary>Reads a model.</summary>
    /// <param name="source">The file.</param>
    /// <param name="options">What the file does not say.</param>
    public static ImportedModel Load(ByteSource source, ImportOptions options)
    {
        ScriptArchive archive = ScriptArchive.Read(source);
        var ranks = new ScriptRanks();
        ModelFormatException? furthest = null;
        int progress = -1;
        Int128 spent = 0;
        for (int i = 0; i < MaxReadings; i++)
        {
            var sizes = new ScriptSizes();
            do
            {
                sizes.Begin();
                var reading = new ScriptReading(archive, options, ranks, sizes);
                try
                {
                    return reading.Read();
                }
                catch (ModelFormatException e)
                {
                    if (reading.Progress > progress)
                    {
                        (furthest, progress) = (e, reading.Progress);
                    }

                    spent += reading.Spent;
                    if (reading.IsFinal)
                    {
                        throw;
                    }

                    if (spent > archive.Budget.Limit / ShareOfFailures)
                    {
                        throw furthest!;
                    }
                }
            }
            while (sizes.HasChanged);

            if (!ranks.Next())
            {
                break;
            }
        }

        throw furthest!;
    }
}
