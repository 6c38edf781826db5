using System.Globalization;
using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Makes a model of the values that come out of a graph, by going back from them to the input.</summary>
internal sealed class Assembler(OnnxGraph? graph, Interpreter interpreter)
{
    private readonly List<FlowNode> _chain = [];

    public OnnxBinding Assemble(IReadOnlyList<(string Name, Value Value)> outputs)
    {
        (string Name, FlowValue Flow)[] flows = [.. outputs.Select(output => (output.Name, Flattened(output.Name, RequireFlow(output))))];
        if (FindChain(flows) is not { } output)
        {
            return new GraphAssembler(interpreter, this).Assemble(flows);
        }

        if (_chain[0] is not InputNode root || _chain.Count == 1)
        {
            throw new ModelFormatException("the graph has no layer between its input and its output.");
        }

        RowRules rules = new(interpreter, _chain, flows.Where(flow => !IsState(flow.Flow)).Select(flow => (flow.Name, flow.Flow.Read)));
        Layer[] layers = [.. _chain.Skip(1).Select(LayerOf)];
        AssignOpenAxes(root);
        SequenceLayout layout = interpreter.Options.Layout ?? LayoutOf(root.Axes);
        Binder binder = new(
            _chain.Select((node, index) => (node, index)).ToDictionary(entry => entry.node, entry => entry.index - 1), layout);
        OnnxInput[] inputs = [.. interpreter.Inputs.Select(binder.Input)];
        rules.Note();
        OnnxOutput[] results = [.. flows.Select(flow => binder.Output(flow.Name, flow.Flow))];
        foreach (((string name, FlowValue flow), OnnxOutput result) in flows.Zip(results))
        {
            if (!IsState(flow) || (output == ModelOutput.FinalState && OnnxFile.IsFinalState(layers, result)))
            {
                NoteOrder(name, flow, layout);
            }
        }

        NoteFeatures(inputs, layout);
        rules.NoteMissing(output == ModelOutput.EveryStep, _chain[^1] is RecurrentNode);
        return new OnnxBinding
        {
            Model = Describe(
                new ModelDefinition(layers, output, rules.Masking, layout, EmptyRow),
                [.. _chain.Skip(1).Select(node => node.Name)],
                rules.Counted),
            Inputs = inputs,
            Outputs = results,
        };
    }

    /// <summary>The rule for rows of length 0.</summary>
    public EmptyRow EmptyRow => graph is null ? EmptyRow.KeepsState : OnnxMetadata.ReadEmptyRow(graph.Model);

    /// <summary>The model with what the file says about itself.</summary>
    public ImportedModel Describe(ModelDefinition definition, IReadOnlyList<string> names, CountedLengths? lengths)
    {
        Dictionary<string, string> metadata = Metadata();
        return new ImportedModel
        {
            Definition = definition,
            Format = "ONNX",
            LayerNames = names,
            Notes = [.. interpreter.Notes],
            CountedLengths = lengths,
            SampleRate = FileMetadata.SampleRateOf(metadata),
            Metadata = metadata,
        };
    }

    private static FlowValue RequireFlow((string Name, Value Value) output)
    {
        if (output.Value is not FlowValue { Source: RecurrentNode or LayerNode or StructureNode or ResidualNode } flow)
        {
            throw new ModelFormatException($"output '{output.Name}': expected what a layer makes, found {output.Value}.");
        }

        if (flow.Groups.Any(group => group.Any(axis => axis.Unsorted is not null)))
        {
            throw new ModelFormatException(
                $"output '{output.Name}': its rows are in the order of their lengths, which a model does not have; found {flow}.");
        }

        // A session has whole cell states, and no layer reads one.
        return flow.Kind is not (FlowKind.Cell or FlowKind.States) || flow.IsState
            ? flow
            : throw new ModelFormatException($"output '{output.Name}': expected all features of a cell state, found {flow}.");
    }

    /// <summary>An output with steps and features in one dimension, as the row that it is.</summary>
    private FlowValue Flattened(string name, FlowValue flow) => Flattening.Output(
        new NodeContext(new GraphNode(new NodeProto { Name = name, OpType = "Identity" }, 0, 0), [flow], interpreter), flow);

    public static bool IsState(FlowValue flow) => flow.IsState;

    private static int Depth(FlowNode node)
    {
        int depth = 0;
        for (FlowNode? at = node; at is not null; at = at.Parent)
        {
            depth++;
        }

        return depth;
    }

    public static SequenceLayout LayoutOf(IReadOnlyList<Axis> axes)
    {
        List<OnnxAxis?> roles = [.. axes.Select(axis => axis.Role)];
        return roles.IndexOf(OnnxAxis.Batch) is int batch and >= 0 && batch < roles.IndexOf(OnnxAxis.Time)
            ? SequenceLayout.BatchMajor
            : SequenceLayout.TimeMajor;
    }

    /// <summary>
    /// Finds the layers from the input to what is put out, and which steps of that are; null where the layers are no chain.
    /// </summary>
    private ModelOutput? FindChain((string Name, FlowValue Flow)[] flows)
    {
        (string Name, FlowValue Flow) main = flows.FirstOrDefault(output => !IsState(output.Flow));
        if (flows.Any(output => !IsState(output.Flow)
            && (!output.Flow.IsComplete || output.Flow.Source != main.Flow.Source || output.Flow.Kind != main.Flow.Kind)))
        {
            return null;
        }

        FlowNode last = main.Flow?.Source
            ?? flows.SelectMany(output => output.Flow.Rows).Select(row => (FlowNode)row.Merged.Node).MaxBy(Depth)
            ?? throw new ModelFormatException("the graph has no output.");
        for (FlowNode? at = last; at is not null; at = at.Parent)
        {
            _chain.Add(at);
        }

        _chain.Reverse();
        HashSet<FlowNode> chain = [.. _chain];
        bool isChain = !_chain.Any(node => node is StructureNode or RecurrentNode { StartsFromLayers: true } || (node is ResidualNode residual && !chain.Contains(residual.Origin)))
            && flows.All(output => !IsState(output.Flow) || output.Flow.Rows.All(row => chain.Contains(row.Merged.Node)));
        if (!isChain)
        {
            return null;
        }

        return main.Flow?.Kind switch
        {
            FlowKind.Sequence => ModelOutput.EveryStep,
            FlowKind.LastStep => ModelOutput.LastStep,
            _ => ModelOutput.FinalState,
        };
    }

    private Layer LayerOf(FlowNode node) => node switch
    {
        RecurrentNode recurrent => recurrent.Layer,
        LayerNode layer => layer.Layer,
        ResidualNode residual => new ResidualLayer(new ResidualSpecification
        {
            InputSize = residual.Size,
            Span = _chain.IndexOf(residual) - _chain.IndexOf(residual.Origin) - 1,
        }),
        _ => throw new ModelFormatException($"{node} is no layer."),
    };

    /// <summary>What no recurrent layer has said: the first axis of the input is then its batch, the next its time.</summary>
    public void AssignOpenAxes(InputNode root)
    {
        AssignByName(root);
        Queue<OnnxAxis> open = new(((OnnxAxis[])[OnnxAxis.Batch, OnnxAxis.Time])
            .Where(role => !root.Axes.Any(axis => axis.Role == role)));
        foreach (Axis axis in root.Axes.Where(axis => axis.Role is null && axis.Size != 1))
        {
            if (!open.TryDequeue(out OnnxAxis role))
            {
                throw new ModelFormatException($"input '{root.Name}': expected the axes time, batch and features.");
            }

            axis.Assign(role);
            interpreter.Note(
                ImportNoteKind.Assumed, root.Name, $"its axis {axis} is taken for {role.ToString().ToLowerInvariant()}");
        }
    }

    /// <summary>What <see cref="OnnxExport"/> names the axes that it leaves open, in a model without recurrent layers too.</summary>
    public static void AssignByName(InputNode root)
    {
        foreach (Axis axis in root.Axes.Where(axis => axis.Role is null && axis.Size is null))
        {
            OnnxAxis? role = axis.Name switch
            {
                ModelGraph.TimeAxis => OnnxAxis.Time,
                ModelGraph.BatchAxis => OnnxAxis.Batch,
                _ => null,
            };
            if (role is { } named && !root.Axes.Any(other => other.Role == named))
            {
                axis.Assign(named);
            }
        }
    }

    /// <summary>A model knows one order of axes, and the graph may put out another.</summary>
    public void NoteOrder(string name, FlowValue flow, SequenceLayout layout)
    {
        if (AxisOrder.Difference(flow.Groups.SelectMany(group => group), layout) is var (found, given))
        {
            interpreter.Note(ImportNoteKind.Assumed, name, "outputs come in the model's order of axes, "
                + $"[{AxisOrder.Names(given)}]; the graph has [{AxisOrder.Names(found)}]");
        }
    }

    /// <summary>A model takes features last, and all inputs in one order of steps and rows, and the graph may have others.</summary>
    public void NoteFeatures(IEnumerable<OnnxInput> inputs, SequenceLayout layout)
    {
        foreach (OnnxInput input in inputs.Where(input => input.Role is OnnxInputRole.Sequence or OnnxInputRole.Indices))
        {
            IReadOnlyList<Axis> axes = interpreter.Inputs.First(node => node.Name == input.Name).Axes;
            bool isAsked = interpreter.Options.Layout is not null;
            if (AxisOrder.Difference(axes, layout) is var (found, given)
                && (!isAsked || (found.Contains(OnnxAxis.Features) && found[^1] != OnnxAxis.Features)))
            {
                interpreter.Note(ImportNoteKind.Assumed, input.Name, "inputs are given in the model's order of axes, "
                    + $"[{AxisOrder.Names(given)}]; the graph has [{AxisOrder.Names(found)}]");
            }
        }
    }

    private Dictionary<string, string> Metadata()
    {
        Dictionary<string, string> metadata = new(StringComparer.Ordinal);
        if (graph is null)
        {
            return metadata;
        }

        foreach (StringStringEntryProto entry in graph.Model.MetadataProps.Where(entry => !OnnxMetadata.IsOurs(entry)))
        {
            metadata[entry.Key] = entry.Value;
        }

        metadata["producer"] = $"{graph.Model.ProducerName} {graph.Model.ProducerVersion}".Trim();
        metadata["operator set"] = graph.OperatorSet.ToString(CultureInfo.InvariantCulture);
        return metadata;
    }
}
