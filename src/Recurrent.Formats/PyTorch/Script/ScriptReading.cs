using Recurrent.Formats.Onnx;
using Recurrent.Formats.PyTorch.Checkpoint;
using Recurrent.Formats.PyTorch.Script.Text;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>One reading of an archive, with inputs of so many dimensions.</summary>
internal sealed class ScriptReading
{
    private const string OutputName = "y";
    private const int MaxInputs = 16;
    private const int MaxOutputs = 64;

    private readonly long _before;
    private readonly Interpreter _graph;
    private readonly ScriptInterpreter _script;
    private readonly ScriptRanks _ranks;
    private int _inputs;

    public ScriptReading(ScriptArchive archive, ImportOptions options, ScriptRanks ranks, ScriptSizes sizes)
    {
        var budget = new MemoryBudget(archive.Budget);
        _before = archive.Budget.Taken;
        _ranks = ranks;
        _graph = new Interpreter(options, budget);
        _script = new ScriptInterpreter(archive, _graph, sizes, budget);
    }

    /// <summary>What it has asked for.</summary>
    public long Spent => _script.Budget.Taken - _before;

    /// <summary>Whether it was refused for what no other number of dimensions should change.</summary>
    public bool IsFinal => _script.IsFinal || _graph.IsFinal;

    /// <summary>How far it got.</summary>
    public int Progress => _script.Progress;

    public ImportedModel Read()
    {
        ScriptFunction forward = _script.Forward();
        var arguments = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (ScriptParameter parameter in forward.Parameters.Skip(1))
        {
            if (parameter.Default is null)
            {
                arguments[parameter.Name] = Argument(parameter.Name, parameter.Type);
            }
        }

        object? result = _script.Run(arguments);
        (string Name, Value Value)[] outputs = [.. Outputs(result)];
        OnnxBinding binding;
        try
        {
            binding = new Assembler(null, _graph).Assemble(outputs);
        }
        catch (ArgumentException e)
        {
            // Layers check what they are made of, too, and say what is wrong as well as anybody could.
            throw new ModelFormatException(ModelFormatException.ReasonOf(e), e);
        }

        RequireOutput(binding);
        binding.InOrder(_graph.Options, "", "");
        foreach ((InputNode input, string place) in _script.Rounded)
        {
            if (input is { IsFloating: true, Role: not (OnnxInputRole.Indices or OnnxInputRole.Lengths or OnnxInputRole.Unused) })
            {
                throw new ModelFormatException($"{place}: rounding the numbers of the input '{input.Name}' is not part of a model.");
            }
        }

        bool isStep = !_graph.Inputs.Any(input => input.Axes.Any(axis => axis.Role == OnnxAxis.Time));
        _script.States.Require(isStep);
        return binding.Model with { Format = "TorchScript", Notes = [.. binding.Model.Notes, .. Notes(isStep)] };
    }

    private static void RequireOutput(OnnxBinding binding)
    {
        if (!binding.Outputs.Any(output => output.States.Count == 0 || OnnxFile.IsFinalState(binding.Model.Definition.Layers, output)))
        {
            throw new ModelFormatException(
                "the code returns states alone, which a run does not put out: expected a sequence, a last step or final hidden states.");
        }
    }

    private IEnumerable<ImportNote> Notes(bool isStep)
    {
        if (_script.States.AreKept)
        {
            yield return new ImportNote(
                ImportNoteKind.Folded, "states", "the buffers that keep the states between calls are the model's states; a session has them.");
        }
        else if (isStep && _script.States.Layers.Count > 0 && !_graph.Inputs.Any(input => input.States.Count > 0))
        {
            yield return new ImportNote(
                ImportNoteKind.Assumed, "steps", "a call of the file is one step from the initial state; steps of one sequence keep the "
                + "state here, so give each as a sequence of its own.");
        }
    }

    private object? Argument(string name, string type)
    {
        if (type.StartsWith("Optional[", StringComparison.Ordinal))
        {
            return null;
        }

        if (type.StartsWith("Tuple[", StringComparison.Ordinal) && type.EndsWith(']'))
        {
            string[] parts = type["Tuple[".Length..^1].Split(", ");
            return parts.Select((part, i) => Argument($"{name}.{i}", part)).ToArray();
        }

        if (type is not ("Tensor" or ""))
        {
            throw new ModelFormatException(
                $"forward: expected tensors as what it is given, found '{name}' of type {(type.Length == 0 ? "unknown" : type)} without a default.");
        }

        if (_inputs == MaxInputs)
        {
            throw new ModelFormatException($"forward: expected at most {MaxInputs} inputs.");
        }

        int index = _inputs++;
        Axis[] axes = [.. Enumerable.Range(0, _ranks.Of(index)).Select(i => new Axis($"{name}.{i}", null, _ranks.Role(index, i)))];
        var node = new InputNode(name, isFloating: true, axes);
        _graph.Add(node);
        return new FlowValue { Source = node, Groups = [.. axes.Select(axis => (Axis[])[axis])] };
    }

    private List<(string Name, Value Value)> Outputs(object? result)
    {
        (string Name, object? Value)[] returned = [.. Flatten(OutputName, result, 0)];
        if (returned.Length > MaxOutputs)
        {
            throw new ModelFormatException($"forward: expected at most {MaxOutputs} outputs, found {returned.Length}.");
        }

        var outputs = new List<(string, Value)>();
        foreach ((string name, object? value) in returned)
        {
            object? output = value is ScriptPacked packed ? packed.Flow : value is PendingFlow pending ? Complete(name, pending) : value;
            if (output is FlowValue { Source: not InputNode } flow)
            {
                outputs.Add((name, returned.Length == 1 ? _script.States.Step(flow) : flow));
            }
            else if (output is PendingFlow)
            {
                // What it lacks to be a layer is said where outputs are put together.
                outputs.Add((name, (Value)output));
            }
            else if (output is not null)
            {
                _graph.Note(ImportNoteKind.Ignored, name, $"{ScriptText.Of(output)}, which no layer makes");
            }
        }

        return outputs.Count > 0
            ? outputs
            : throw new ModelFormatException($"forward: expected to return what a layer makes, found {ScriptText.Of(result)}.");
    }

    private Value Complete(string name, PendingFlow pending) => _graph.Completed(
        new GraphNode(new NodeProto { Name = name, OpType = "Identity" }, 0, ScriptArguments.OperatorSet), pending);

    private static IEnumerable<(string Name, object? Value)> Flatten(string name, object? value, int depth)
    {
        if (depth > MaxInputs)
        {
            throw new ModelFormatException($"forward: expected outputs in tuples at most {MaxInputs} deep.");
        }

        IEnumerable<(string, object?)>? parts = value switch
        {
            PickleDictionary dictionary => dictionary.Named.Select(item => (item.Key, item.Value)),
            ScriptObject { Saved: null, Definition: { } type } named => type.Fields.Select(
                field => (field, named.Attributes.GetValueOrDefault(field))),
            _ => ScriptLists.Items(value)?.Select((item, i) => (i == 0 ? name : $"{name}{i}", item)),
        };
        return parts is null ? [(name, value)] : parts.SelectMany(part => Flatten(part.Item1, part.Item2, depth + 1)).Take(MaxOutputs + 1);
    }
}
