using System.Globalization;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Commands;
using Recurrent.Cli.Compare;
using Recurrent.Cli.Models;
using Recurrent.Cli.Verify;
using Recurrent.Cli.Weights;
using Recurrent.Formats;
using Recurrent.Layers;

namespace Recurrent.Cli.Convert;

/// <summary>Writes a model in another format, reads it again and compares.</summary>
internal static class Conversion
{
    private const string Onnx = ".onnx";
    private const string Safetensors = ".safetensors";
    private const string Own = ".recurrent";

    private static readonly string[] OfFormat = ["format", "producer", "operator set"];

    private const int Time = 32;
    private const int Batch = 8;

    /// <summary>Converts a file.</summary>
    /// <exception cref="UnusableInputException">The model cannot be written in that format, or not be read again.</exception>
    /// <param name="input">The file to read.</param>
    /// <param name="output">The file to write.</param>
    /// <param name="options">What the file does not say.</param>
    /// <param name="weights">The format that weights of recurrent layers get; null to keep what they have.</param>
    /// <param name="packed">The instruction set that weights are packed for, too; null for none.</param>
    public static ConvertReport Convert(
        string input, string output, ImportOptions options, WeightFormat? weights, InstructionSet? packed = null)
    {
        string kind = Path.GetExtension(output).ToLowerInvariant();
        if (kind is not (Onnx or Safetensors or Own))
        {
            throw new UnusableInputException($"'{output}': expected a name that ends in {Own}, {Onnx} or {Safetensors}.");
        }

        if (packed is not null && kind != Own)
        {
            throw new UnusableInputException($"--packed: expected a name that ends in {Own}, found '{output}'.");
        }

        if (packed is { } set && set != InstructionSet.Auto && !Machine.InstructionSets.Contains(set))
        {
            throw new UnusableInputException(
                $"--isa: expected an instruction set of this machine ({string.Join(", ", Machine.InstructionSets.Select(InstructionSetNames.Of))}), "
                + $"found {InstructionSetNames.Of(set)}.");
        }

        // Reading maps files into memory, and writing replaces them.
        if (Path.GetFullPath(input) == Path.GetFullPath(output))
        {
            throw new UnusableInputException($"'{output}': expected another file than the input.");
        }

        ImportedModel before = Rounded(ModelFileOptions.Load(input, options), weights, kind == Own);
        Write(before, output, kind);
        if (packed is { } isa)
        {
            RecurrentFile.Pack(output, output, isa);
        }

        ImportedModel after = ReadAgain(output);
        RequireSameShape(before.Definition, after.Definition, output);
        (int values, int different, double largest) = Compare(before, after, kind == Own);
        return new ConvertReport(
            input, output, before, after, values, different, largest, [.. Lost(before, after)])
        {
            Weights = weights,
            HoldsFormats = kind == Own,
        };
    }

    // A file of floats has the values alone, and what it is computed in is named when it is used.
    private static ImportedModel Rounded(ImportedModel model, WeightFormat? weights, bool holdsFormats) =>
        weights is not { } format ? model : model with
        {
            Definition = model.Definition.Rounded(format),
            Options = WeightChoice.Of(holdsFormats ? format : WeightFormat.Float32),
        };

    private static void Write(ImportedModel model, string output, string kind)
    {
        try
        {
            if (kind == Onnx)
            {
                OnnxExport.Save(model.Definition, output, MetadataOf(model));
            }
            else if (kind == Own)
            {
                RecurrentFile.Save(model with { Metadata = TextsOf(model) }, output);
            }
            else
            {
                PyTorchExport.Save(model.Definition, output, MetadataOf(model));
            }
        }
        catch (NotSupportedException e)
        {
            throw new UnusableInputException($"{output}: not supported by this format: {e.Message}", e);
        }
    }

    private static Dictionary<string, string> MetadataOf(ImportedModel model)
    {
        Dictionary<string, string> metadata = TextsOf(model);
        if (model.SampleRate is { } rate)
        {
            metadata["sample_rate"] = rate.ToString(CultureInfo.InvariantCulture);
        }

        return metadata;
    }

    // All but what a file says about itself as a file of its format.
    private static Dictionary<string, string> TextsOf(ImportedModel model) =>
        model.Metadata.Where(entry => !OfFormat.Contains(entry.Key)).ToDictionary();

    private static ImportedModel ReadAgain(string output)
    {
        try
        {
            return ModelFile.Load(output);
        }
        catch (ModelFormatException e)
        {
            throw new UnusableInputException($"It was written, but cannot be read again: {e.Message}", e);
        }
    }

    private static void RequireSameShape(ModelDefinition before, ModelDefinition after, string output)
    {
        string? mismatch = new ModelPair(before, after).Mismatch();
        if (mismatch is null
            && (before.Layout, before.EmptyRow, before.Masking) != (after.Layout, after.EmptyRow, after.Masking))
        {
            mismatch = $"differ: {before.Layout}, {before.EmptyRow} and {after.Layout}, {after.EmptyRow}.";
        }

        if (mismatch is not null)
        {
            throw new UnusableInputException(
                $"{output}: it was written, but is read again as another model. The two {mismatch}");
        }
    }

    // Computed as their files say, or both as floats where the new one cannot say it.
    private static (int Values, int Different, double Largest) Compare(
        ImportedModel before, ImportedModel after, bool holdsFormats)
    {
        // In the reference: bits are compared, and every machine has it.
        var path = new ReferencePath<float>(VerifyPaths.Reference, holdsFormats ? null : WeightChoice.Floats);
        SequenceInput input = SequenceInput.Random(before.Definition, Time, Batch, seed: 1);
        int values = 0;
        int different = 0;
        double largest = 0;
        foreach ((_, Comparison comparison) in ModelPair.Of(before, after).Compare(path, path, input))
        {
            values += (int)comparison.Total.Count;
            different += comparison.DifferentBits;
            largest = Math.Max(largest, comparison.Total.Largest);
        }

        return (values, different, largest);
    }

    private static IEnumerable<string> Lost(ImportedModel before, ImportedModel after)
    {
        if (before.SampleRate is { } rate && after.SampleRate != rate)
        {
            yield return $"the sample rate, {rate} Hz";
        }

        string[] keys = [.. before.Metadata.Keys
            .Where(key => !OfFormat.Contains(key) && !after.Metadata.ContainsKey(key))];
        if (keys.Length > 0)
        {
            yield return $"metadata: {string.Join(", ", keys)}";
        }

        if (before.CountedLengths is { } lengths && after.CountedLengths != lengths)
        {
            yield return $"how lengths of rows follow from the input {lengths.Input}";
        }

        if (!WeightChoice.IsFloats(before.Options) && WeightChoice.IsFloats(after.Options))
        {
            yield return $"that weights are computed in {WeightChoice.NameOf(before.Options)}; the file has their values as float32";
        }

        if (!before.LayerNames.SequenceEqual(after.LayerNames))
        {
            yield return "names of layers";
        }
    }
}
