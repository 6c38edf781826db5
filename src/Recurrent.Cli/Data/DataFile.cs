using Recurrent.Files;

namespace Recurrent.Cli.Data;

/// <summary>Reads and writes files of numbers; what a file is follows from its name.</summary>
internal static class DataFile
{
    /// <summary>What can be read and written, for help texts.</summary>
    public const string Kinds = ".npy, .csv or .wav";

    private const string Npy = ".npy";
    private const string Csv = ".csv";
    private const string Wav = ".wav";

    /// <summary>Reads a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="channel">The channel of a WAV file, from 1; null for all of them.</param>
    /// <param name="format">How a .csv file separates values and writes numbers; null to find out, with points.</param>
    /// <exception cref="UnusableInputException">It cannot be read; the message names the file and the place.</exception>
    public static DataArray Read(string path, int? channel = null, CsvFormat? format = null)
    {
        InputFile.Require(path);
        string kind = KindOf(path);
        if (channel is not null && kind != Wav)
        {
            throw new UnusableInputException($"--channel: only a WAV file has channels, found '{path}'.");
        }

        byte[] bytes = ReadBytes(path);
        try
        {
            return kind switch
            {
                Npy => NpyFile.Parse(bytes),
                Csv => CsvFile.Parse(bytes, format),
                _ => WavFile.Parse(bytes, channel),
            };
        }
        catch (DataFormatException e)
        {
            throw new UnusableInputException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Reads columns of a .csv file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="columns">Names or numbers of the columns; empty for the only one.</param>
    /// <param name="format">How values are separated and numbers written; null to find out, with points.</param>
    /// <exception cref="UnusableInputException">It cannot be read; the message names the file and the place.</exception>
    public static SeriesTable ReadSeries(string path, IReadOnlyList<string> columns, CsvFormat? format = null)
    {
        InputFile.Require(path);
        try
        {
            return SeriesFile.Parse(ReadBytes(path), columns, format);
        }
        catch (DataFormatException e)
        {
            throw new UnusableInputException($"{path}: {e.Message}", e);
        }
    }

    /// <summary>Refuses a name before a long computation has been done for it.</summary>
    /// <param name="path">Where an output is to be written.</param>
    /// <param name="batch">Sequences of the output.</param>
    /// <param name="features">Features of each.</param>
    /// <param name="areChannels">Whether the sequences are channels of sound, which a file of one sequence holds.</param>
    /// <param name="sampleRate">Samples a second, if that is known.</param>
    /// <exception cref="UnusableInputException">The kind of file is not known, or cannot hold the data.</exception>
    public static void RequireWritable(string path, int batch, int features, bool areChannels, int? sampleRate)
    {
        string kind = KindOf(path);
        if (kind != Npy && batch > 1 && !areChannels)
        {
            throw new UnusableInputException(
                $"{path}: expected .npy, because there are {batch} sequences and a {kind} file holds one.");
        }

        if (kind == Wav && features != 1)
        {
            throw new UnusableInputException(
                $"{path}: expected .npy or .csv, because the model puts out {features} features; a WAV file holds one.");
        }

        if (kind == Wav && sampleRate is null)
        {
            throw new UnusableInputException(
                $"{path}: neither the input nor the model says how many samples per second it has; give --sample-rate.");
        }

        if (Directory.Exists(path))
        {
            throw new UnusableInputException($"'{path}' is a folder.");
        }
    }

    /// <summary>Writes a file, whole or not at all.</summary>
    /// <param name="path">Its path; see <see cref="RequireWritable"/>.</param>
    /// <param name="array">The numbers; the last axis is that of the features.</param>
    /// <param name="asPcm">Whether a WAV file gets 16-bit samples.</param>
    /// <returns>What the reader of the file should know; null if there is nothing.</returns>
    public static string? Write(string path, DataArray array, bool asPcm = false)
    {
        string kind = KindOf(path);
        long clipped = 0;
        AtomicFile.Write(path, stream =>
        {
            switch (kind)
            {
                case Npy:
                    NpyFile.Write(stream, array);
                    break;
                case Csv:
                    CsvFile.Write(stream, array);
                    break;
                default:
                    clipped = WavFile.Write(stream, array, asPcm);
                    break;
            }
        });
        return clipped == 0 ? null : $"{path}: {clipped} samples are outside of -1 to 1 and were clipped.";
    }

    /// <summary>Writes lines of text.</summary>
    public static void WriteLines(string path, IEnumerable<string> lines) =>
        AtomicFile.WriteText(path, string.Concat(lines.Select(line => line + "\n")));

    private static string KindOf(string path)
    {
        string kind = Path.GetExtension(path).ToLowerInvariant();
        return kind is Npy or Csv or Wav
            ? kind
            : throw new UnusableInputException($"'{path}': expected a name that ends in {Kinds}.");
    }

    private static byte[] ReadBytes(string path)
    {
        using FileStream stream = File.OpenRead(path);
        if (!stream.CanSeek || stream.Length > Array.MaxLength)
        {
            throw new UnusableInputException($"'{path}': expected a file of at most {Array.MaxLength} bytes.");
        }

        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }
}
