using System.Runtime.CompilerServices;
using Recurrent.Formats.Onnx;
using Recurrent.Formats.PyTorch.Script.Text;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>
/// Follows the code of an archive with what is known of each value in place of numbers. Conditions on constants, ranks, known
/// sizes and None are decided; a branch that only raises is not taken; anything else that depends on the data is refused.
/// </summary>
internal sealed class ScriptInterpreter
{
    private const int MaxCalls = 100;

    // What following a statement or an expression makes, besides layers.
    private const int StepBytes = 24;

    private readonly ScriptArchive _archive;
    private readonly ScriptEvaluator _evaluator;
    private readonly ScriptStatements _statements;
    private readonly Stack<ScriptFrame> _frames = new();
    private ModelFormatException? _located;

    public ScriptInterpreter(ScriptArchive archive, Interpreter graph, ScriptSizes sizes, MemoryBudget budget)
    {
        Sizes = sizes;
        _archive = archive;
        Graph = graph;
        Budget = budget;
        States = new ScriptStates();
        var objects = new ScriptObjects(archive, States, budget);
        _evaluator = new ScriptEvaluator(this, objects, archive.Code);
        _statements = new ScriptStatements(this, _evaluator, objects);
        Root = objects.Object(archive.Root, "");
    }

    /// <summary>What makes layers, and has notes and inputs.</summary>
    public Interpreter Graph { get; }

    public MemoryBudget Budget { get; }

    /// <summary>The states that calls leave behind.</summary>
    public ScriptStates States { get; }

    /// <summary>How many features inputs have.</summary>
    public ScriptSizes Sizes { get; }

    public ScriptObject Root { get; }

    /// <summary>The loop over steps whose body is followed; null outside of one.</summary>
    public ScriptStepLoop? StepLoop { get; set; }

    /// <summary>
    /// How far the code was followed that is not PyTorch's own: of several readings the one that gets furthest is the likeliest.
    /// </summary>
    public int Progress { get; private set; }

    /// <summary>Says that a statement is followed.</summary>
    public void Advance(ScriptFrame frame) => Progress += frame.IsOfPyTorch ? 0 : 1;

    /// <summary>Values that have been changed in place, and what they are now.</summary>
    public ScriptAliases Aliases { get; } = new();

    /// <summary>Inputs that the code makes whole numbers of, and where.</summary>
    public Dictionary<InputNode, string> Rounded { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>A variable of the code that is followed; null if there is none.</summary>
    public object? Variable(string name) => _frames.TryPeek(out ScriptFrame? frame) ? frame.Variables.GetValueOrDefault(name) : null;

    /// <summary>A line of the file whose code is followed.</summary>
    public string Place(int line) => $"{(_frames.TryPeek(out ScriptFrame? frame) ? frame.File : "code")}, line {line}";

    /// <summary>Whether the code that is followed is that of a module of PyTorch's.</summary>
    public bool IsInPyTorch => _frames.TryPeek(out ScriptFrame? frame) && frame.IsOfPyTorch;

    /// <summary>The module whose code is followed: what a layer is called.</summary>
    public string Path => _frames.TryPeek(out ScriptFrame? frame) ? frame.Path : "";

    /// <summary>The method of the model.</summary>
    public ScriptFunction Forward()
    {
        if (Root.Definition?.Methods.TryGetValue("forward", out ScriptDefinition? forward) != true)
        {
            throw new ModelFormatException($"class {Root.Type}: expected a method 'forward' in the code, found none.");
        }

        return ScriptCode.Parse(forward!, _archive.Budget);
    }

    /// <summary>Follows the model's method.</summary>
    /// <param name="arguments">Its arguments; those that are left out are what the code says.</param>
    public object? Run(IReadOnlyDictionary<string, object?> arguments) =>
        Call(new ScriptCallable(Root.Definition!.Methods["forward"], Root), [], arguments);

    /// <summary>Calls a method or function of the code.</summary>
    public object? Call(
        ScriptCallable callable, IReadOnlyList<object?> positional, IReadOnlyDictionary<string, object?> named)
    {
        if (_frames.Count == MaxCalls)
        {
            throw Refuse(callable.Definition.Line, $"calls more than {MaxCalls} deep");
        }

        ScriptFunction function = ScriptCode.Parse(callable.Definition, _archive.Budget);
        var frame = new ScriptFrame(callable.Definition.File.Name, callable.Self?.Path ?? Path) { Line = callable.Definition.Line };
        _frames.Push(frame);
        try
        {
            Bind(callable, function, positional, named, frame);
            return _statements.Execute(function.Body, frame) ? frame.Result : null;
        }
        catch (ArgumentException e)
        {
            // Layers check what they are made of, too, and say what is wrong as well as anybody could.
            throw Refuse(frame.Line, e.Message);
        }
        catch (ModelFormatException e) when (!ReferenceEquals(e, _located))
        {
            throw Refuse(frame.Line, e.Message.TrimEnd('.'));
        }
        finally
        {
            _frames.Pop();
        }
    }

    /// <summary>
    /// Whether the code was refused for what depends on the data or is no part of a model. With fewer dimensions the same
    /// condition may ask for something else and be decided, which would be another model.
    /// </summary>
    public bool IsFinal { get; private set; }

    /// <summary>The refusal of what no other number of dimensions should change.</summary>
    public ModelFormatException RefuseFinally(int line, string reason)
    {
        IsFinal = true;
        return Refuse(line, reason);
    }

    public ModelFormatException Refuse(int line, string reason)
    {
        return _located = new ModelFormatException($"{Place(line)}: {reason}.");
    }

    private void Bind(
        ScriptCallable callable,
        ScriptFunction function,
        IReadOnlyList<object?> positional,
        IReadOnlyDictionary<string, object?> named,
        ScriptFrame frame)
    {
        int next = 0;
        foreach ((ScriptParameter parameter, int i) in function.Parameters.Select((parameter, i) => (parameter, i)))
        {
            if (i == 0 && callable.Self is not null)
            {
                frame.Variables[parameter.Name] = callable.Self;
            }
            else if (next < positional.Count)
            {
                frame.Variables[parameter.Name] = positional[next++];
            }
            else if (named.TryGetValue(parameter.Name, out object? value))
            {
                frame.Variables[parameter.Name] = value;
            }
            else
            {
                frame.Variables[parameter.Name] = parameter.Default is { } otherwise
                    ? _evaluator.Evaluate(otherwise, frame)
                    : throw new ModelFormatException($"'{callable.Definition.Name}' needs an argument '{parameter.Name}'.");
            }
        }

        if (next < positional.Count)
        {
            throw new ModelFormatException($"'{callable.Definition.Name}' takes {next} arguments, found {positional.Count}.");
        }
    }

    /// <summary>Asks for what following a statement or an expression takes.</summary>
    public void Step(int line)
    {
        if (!Budget.TryTake(StepBytes) || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Refuse(line, "following the code takes too many steps for a file of this size");
        }
    }
}
