using System.Globalization;
using Recurrent.Cli.Bench;
using Recurrent.Cli.Commands;
using Recurrent.Cli.Display;
using Recurrent.Cli.Weights;
using Recurrent.Formats;
using Recurrent.Layers;
using Spectre.Console;

namespace Recurrent.Cli.Inspect;

/// <summary>An inspection for people.</summary>
internal static class InspectText
{
    public static void Write(Inspection inspection, TextWriter output)
    {
        output.WriteMessage($"{inspection.File}: {inspection.Format}");
        if (inspection.Model is null)
        {
            WriteTensors(inspection, output);
            return;
        }

        WriteLayers(inspection, output);
        WriteTotals(inspection, inspection.Model, output);
        if (inspection.Errors is { } errors)
        {
            WriteErrors(inspection, errors, output);
        }

        foreach (ImportNote note in inspection.Model.Notes)
        {
            output.WriteMessage(OptionNames.Translate(note.ToString()));
        }

        WriteProposal(inspection, output);
    }

    private static void WriteProposal(Inspection inspection, TextWriter output)
    {
        if (inspection.Proposal is not { } options)
        {
            return;
        }

        output.WriteText(
            "The file does not say all of its model, and hardly any model is as was assumed. Other commands want what the "
            + "code says that made it, for example");
        output.WriteLine($"    {TerminalText.Line(options)}");
        output.WriteLine("or in C#, as ImportOptions,");
        foreach (string line in inspection.ProposedLines)
        {
            output.WriteLine($"    {TerminalText.Line(line)}");
        }
    }

    private static void WriteLayers(Inspection inspection, TextWriter output)
    {
        // Layers that follow each other read the one above.
        bool isGraph = inspection.Layers.Any(layer => layer.Reads.Count > 0);
        Table table = new Table().Border(TableBorder.Simple).AddColumns("layer", "kind");
        if (isGraph)
        {
            table.AddColumn("reads");
        }

        table.AddColumns("in", "out", "parameters", "besides");
        foreach (LayerSummary layer in inspection.Layers)
        {
            table.AddRow(
            [
                Tables.Cell(layer.Name),
                layer.Kind,
                .. isGraph ? [Tables.Cell(string.Join(", ", layer.Reads))] : (string[])[],
                layer.InputSize.ToString(CultureInfo.InvariantCulture),
                layer.OutputSize.ToString(CultureInfo.InvariantCulture),
                layer.Parameters == 0 ? string.Empty : layer.Parameters.ToString(CultureInfo.InvariantCulture),
                Tables.Cell(layer.Besides),
            ]);
        }

        Tables.Write(table, output);
    }

    private static void WriteErrors(Inspection inspection, FormatErrors errors, TextWriter output)
    {
        Table table = new Table().Border(TableBorder.Simple)
            .AddColumns($"with {WeightChoice.NameOf(inspection.Formats)}", "signal to noise, dB", "largest error", "largest value");
        foreach (LayerError layer in errors.Layers)
        {
            table.AddRow(
                Tables.Cell(inspection.Layers[layer.Layer].Name),
                double.IsFinite(layer.SignalToNoise) ? layer.SignalToNoise.ToString("F1", CultureInfo.InvariantCulture) : "equal",
                layer.Largest.ToString("G3", CultureInfo.InvariantCulture),
                layer.LargestValue.ToString("G3", CultureInfo.InvariantCulture));
        }

        Tables.Write(table, output);
        foreach (SmallFeatures small in errors.TooSmall)
        {
            output.WriteMessage($"note: {small.Describe(inspection.Layers[small.Layer].Name)}");
        }
    }

    private static void WriteTotals(Inspection inspection, ImportedModel model, TextWriter output)
    {
        var facts = new Facts();
        ModelDefinition definition = model.Definition;
        if (definition.IsChain)
        {
            facts.Add("input", Describe(definition.Inputs[0]));
            facts.Add("output", $"{Features(definition.OutputSize)}, {(definition.Output == ModelOutput.EveryStep ? StepsOf(definition, 0) : OutputOf(definition.Output))}");
        }
        else
        {
            AddNames("inputs", definition.Inputs.Select(input => (input.Name, Describe(input))));
            AddNames("outputs", definition.Outputs.Select((output, index) => (
                output.Name,
                $"{Features(output.Size)}, {StepsOf(definition, index)}, from '{model.LayerNames[output.Value - definition.Inputs.Count]}'")));
        }

        facts.Add("missing steps", Masking(definition.Masking));
        facts.Add("can be streamed", definition.CanStep ? "yes" : "no: a layer needs its whole sequence");
        if (definition.LeastTime > 1 || definition.MostTime < int.MaxValue)
        {
            facts.Add("steps of a sequence", TimesOf(definition));
        }

        facts.Add("order of axes", definition.Layout == SequenceLayout.TimeMajor ? "time, batch, features" : "batch, time, features");
        facts.Add("rows of length 0", definition.EmptyRow == EmptyRow.KeepsState ? "keep their state" : "end with a state of 0");
        if (model.SampleRate is { } rate)
        {
            facts.Add("sample rate", $"{rate} Hz");
        }

        if (model.PackedWeights is { } packed)
        {
            facts.Add("packed in the file", PackedText.Of(packed));
        }

        foreach ((string key, string value) in model.Metadata)
        {
            facts.Add(key, value);
        }

        facts.Add("parameters", inspection.Parameters.ToString(CultureInfo.InvariantCulture));
        AddStep();
        facts.Write(output);

        void AddNames(string title, IEnumerable<(string Name, string Description)> values)
        {
            foreach ((string name, string description) in values)
            {
                facts.Add(title, $"{name}: {description}");
                title = string.Empty;
            }
        }

        void AddStep()
        {
            if (inspection.Step is not { } step)
            {
                facts.Add("time per step", $"unknown: {inspection.NoStep}");
                return;
            }

            facts.Add("packed weights", $"{Numbers.KiB(step.PackedBytes)} as {WeightChoice.NameOf(inspection.Formats)}, {Candidate.NameOf(step.InstructionSet)}");
            facts.Add("time per step, predicted", $"{Numbers.Short(step.Predicted)} us");
            if (step.Measured is { } times)
            {
                facts.Add(
                    "measured",
                    $"{Numbers.Short(times.Median)} us (median of {times.Samples} samples), p99 "
                    + $"{Numbers.Short(times.Percentile99)} us");
                facts.Add(
                    "empty loop",
                    $"p99 is {Numbers.Percent(times.ControlPercentile99 / times.ControlMedian)} of the median");
            }
        }
    }

    private static void WriteTensors(Inspection inspection, TextWriter output)
    {
        Table table = new Table().Border(TableBorder.Simple).AddColumns("tensor", "type", "shape");
        foreach (TensorSummary tensor in inspection.Tensors)
        {
            table.AddRow(
                Tables.Cell(tensor.Name), tensor.ElementType, Markup.Escape($"[{string.Join(", ", tensor.Shape)}]"));
        }

        Tables.Write(table, output);
        output.WriteMessage($"not supported as a model: {OptionNames.Translate(inspection.NotSupported!)}");
    }

    private static string Describe(ModelInput input) => input.Kind switch
    {
        ValueKind.Indices => $"one index per step, 0 to {input.Size - 1}",
        ValueKind.Row => $"{Features(input.Size)} for the whole sequence",
        _ => $"{Features(input.Size)} per step",
    };

    private static string StepsOf(ModelDefinition definition, int output)
    {
        // Windows make fewer steps of any number of them, and layers of the last ones so many at the most.
        int time = Math.Clamp(1000, definition.LeastTime, definition.MostTime);
        int steps = definition.OutputSteps(output, time);
        int most = definition.OutputSteps(output, definition.MostTime);
        return definition.Outputs[output].Kind == ValueKind.Row ? "once for a sequence"
            : steps == time && most == definition.MostTime ? "for every step"
            : definition.OutputSteps(output, definition.LeastTime) == most ? $"{most} steps"
            : most <= LayerSpecification.MaxSize ? $"at most {most} steps"
            : $"{steps} steps of {time}";
    }

    private static string TimesOf(ModelDefinition definition) =>
        definition.MostTime == int.MaxValue ? $"at least {definition.LeastTime}"
        : definition.MostTime == definition.LeastTime ? $"{definition.LeastTime}"
        : $"{definition.LeastTime} to {definition.MostTime}";

    private static string Features(int count) => count == 1 ? "1 feature" : $"{count} features";

    private static string OutputOf(ModelOutput output) => output switch
    {
        ModelOutput.EveryStep => "for every step",
        ModelOutput.LastStep => "for the last step of a sequence",
        _ => "from the final states of a sequence",
    };

    private static string Masking(Masking? masking) => masking is null
        ? "not known to the model: NaN propagates"
        : string.Create(CultureInfo.InvariantCulture, $"where all features are {masking.Value}; ")
            + (masking.Output == MissingOutput.Repeat ? "the output is repeated" : "the output is 0");
}
