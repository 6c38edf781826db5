using System.Runtime.CompilerServices;
using Recurrent.Formats.Onnx;
using Recurrent.Formats.PyTorch.Checkpoint;
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
    private readonly Dictionary<PickleObject, ScriptObject> _objects = new(ReferenceEqualityComparer.Instance);
    private readonly Stack<ScriptFrame> _frames = new();
    private ModelFormatException? _located;

    public ScriptInterpreter(ScriptArchive archive, Interpreter graph, ScriptSizes sizes, MemoryBudget budget)
    {
        Sizes = sizes;
        _archive = archive;
        Graph = graph;
        Budget = budget;
        States = new ScriptStates();
        Root = (ScriptObject)Object(archive.Root, "")!;
    }

    /// <summary>What makes layers, and has notes and inputs.</summary>
    public Interpreter Graph { get; }

    public MemoryBudget Budget { get; }

    /// <summary>The states that calls leave behind.</summary>
    public ScriptStates States { get; }

    /// <summary>How many features inputs have.</summary>
    public ScriptSizes Sizes { get; }

    public ScriptObject Root { get; }

    /// <summary>
    /// How far the code was followed that is not PyTorch's own: of several readings the one that gets furthest is the likeliest.
    /// </summary>
    public int Progress { get; private set; }

    /// <summary>Values that have been changed in place, and what they are now.</summary>
    public ScriptAliases Aliases { get; } = new();

    /// <summary>Inputs that the code makes whole numbers of, and where.</summary>
    public Dictionary<InputNode, string> Rounded { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>A variable of the code that is followed; null if there is none.</summary>
    public object? Variable(string name) => _frames.TryPeek(out ScriptFrame? frame) ? frame.Variables.GetValueOrDefault(name) : null;

    /// <summary>A line of the file whose code is followed.</summary>
    public string Place(int line) => $"{(_frames.TryPeek(out ScriptFrame? frame) ? frame.File : "code")}, line {line}";

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
            return Execute(function.Body, frame) ? frame.Result : null;
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

    /// <summary>What the code has under an attribute of an object.</summary>
    public object? Attribute(ScriptObject target, string name)
    {
        if (target.Attributes.TryGetValue(name, out object? known))
        {
            return known;
        }

        if (target.Definition?.Methods.TryGetValue(name, out ScriptDefinition? method) == true)
        {
            return new ScriptCallable(method, target);
        }

        string path = target.Path.Length == 0 ? name : $"{target.Path}.{name}";
        Budget.TakeText(path.Length, "its objects");
        if (target.Saved?.Find(name) is not { } saved)
        {
            return target.Saved is not null && target.Saved.Named.Any(item => item.Key == name)
                ? null
                : throw new ModelFormatException($"the object {target} has no '{name}'.");
        }

        // Nobody trains here: what a module does in training is not what it is for.
        object? value = name == "training" ? false : Import(saved, path);
        target.Attributes[name] = value;
        if (saved is TorchTensor && value is ConstantValue constant)
        {
            States.Name(constant, path);
        }

        return value;
    }

    /// <summary>A value of a pickle as the code has it.</summary>
    public object? Import(object? saved, string path, bool isConstant = false)
    {
        Budget.Take(StepBytes, "its objects");
        return saved switch
        {
            TorchTensor tensor => _archive.Tensor(tensor, path, isConstant),
            PickleObject value => Object(value, path),
            List<object?> list => new ScriptList(list.Select(item => Import(item, path, isConstant))),
            object?[] tuple => tuple.Select(item => Import(item, path, isConstant)).ToArray(),
            _ => saved,
        };
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

    private ScriptObject? Object(PickleObject saved, string path)
    {
        if (!_objects.TryGetValue(saved, out ScriptObject? known))
        {
            known = new ScriptObject(path, saved.Type.ToString(), _archive.Code.Find(saved.Type.ToString()))
            {
                Saved = saved.Attributes ?? new PickleDictionary(),
            };
            _objects.Add(saved, known);
        }

        return known;
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
                    ? Evaluate(otherwise, frame)
                    : throw new ModelFormatException($"'{callable.Definition.Name}' needs an argument '{parameter.Name}'.");
            }
        }

        if (next < positional.Count)
        {
            throw new ModelFormatException($"'{callable.Definition.Name}' takes {next} arguments, found {positional.Count}.");
        }
    }

    /// <summary>Follows statements; true if they return.</summary>
    private bool Execute(IReadOnlyList<ScriptStatement> statements, ScriptFrame frame)
    {
        foreach (ScriptStatement statement in statements)
        {
            frame.Line = statement.Line;
            Progress += frame.IsOfPyTorch ? 0 : 1;
            if (Execute(statement, frame))
            {
                return true;
            }
        }

        return false;
    }

    private bool Execute(ScriptStatement statement, ScriptFrame frame)
    {
        Step(statement.Line);
        switch (statement)
        {
            case ScriptAssignment assignment:
                Assign(assignment, Evaluate(assignment.Value, frame), frame);
                return false;
            case ScriptBranch branch:
                return Execute(Choose(branch, frame) ? branch.Yes : branch.No, frame);
            case ScriptLoop loop:
                return Loop(loop, frame);
            case ScriptReturn result:
                frame.Result = result.Value is null ? null : Evaluate(result.Value, frame);
                return true;
            case ScriptRaise { Condition: { } condition } when Evaluate(condition, frame) is true or ScriptUndecided:
                return false;
            case ScriptRaise:
                throw Refuse(statement.Line, "the code raises an exception here");
            default:
                throw RefuseFinally(statement.Line, $"'{((ScriptUnknown)statement).What}' cannot be followed: how often it repeats depends on the data");
        }
    }

    private bool Choose(ScriptBranch branch, ScriptFrame frame)
    {
        object? condition = Evaluate(branch.Condition, frame);
        if (condition is bool known)
        {
            return known;
        }

        bool yesRaises = OnlyRaises(branch.Yes);
        bool noRaises = OnlyRaises(branch.No);
        return yesRaises != noRaises
            ? noRaises
            : throw RefuseFinally(branch.Line, $"which branch is taken depends on what the model is given: {ScriptText.Of(condition)}");
    }

    /// <summary>Whether statements end in an exception.</summary>
    private static bool OnlyRaises(IReadOnlyList<ScriptStatement> statements) => statements.Any(statement => statement
        is ScriptRaise { Condition: null }
        or ScriptAssignment { Value: ScriptCall { Function: ScriptAttribute { Name: "RaiseException" } } });

    private bool Loop(ScriptLoop loop, ScriptFrame frame)
    {
        IReadOnlyList<object?> values = Evaluate(loop.Values, frame) switch
        {
            ScriptList list => [.. list.Items],
            object?[] tuple => tuple,
            var other => throw RefuseFinally(loop.Line, $"how often a loop repeats depends on what the model is given: {ScriptText.Of(other)}"),
        };
        foreach (object? value in values)
        {
            frame.Variables[loop.Name] = value;
            if (Execute(loop.Body, frame))
            {
                return true;
            }
        }

        return false;
    }

    private void Assign(ScriptAssignment assignment, object? value, ScriptFrame frame)
    {
        if (!assignment.IsUnpacked)
        {
            foreach (ScriptExpression target in assignment.Targets)
            {
                Assign(target, value, frame);
            }

            return;
        }

        IReadOnlyList<object?> items = ScriptLists.Items(value)
            ?? throw Refuse(assignment.Line, $"expected a tuple of {assignment.Targets.Count} values, found {ScriptText.Of(value)}");
        if (items.Count != assignment.Targets.Count)
        {
            throw Refuse(assignment.Line, $"expected {assignment.Targets.Count} values, found {items.Count}");
        }

        foreach ((ScriptExpression target, object? item) in assignment.Targets.Zip(items))
        {
            Assign(target, item, frame);
        }
    }

    private void Assign(ScriptExpression target, object? value, ScriptFrame frame)
    {
        if (target is ScriptName name)
        {
            frame.Variables[name.Name] = value;
            return;
        }

        var attribute = (ScriptAttribute)target;
        if (Evaluate(attribute.Target, frame) is not ScriptObject owner)
        {
            throw Refuse(target.Line, "expected an attribute of an object on the left");
        }

        if (owner.Saved?.Find(attribute.Name) is TorchTensor && Attribute(owner, attribute.Name) is ConstantValue buffer)
        {
            States.Write(buffer, value, Place(target.Line));
        }

        owner.Attributes[attribute.Name] = value;
    }

    private object? Evaluate(ScriptExpression expression, ScriptFrame frame)
    {
        Step(expression.Line);
        object? value = expression switch
        {
            ScriptLiteral literal => literal.Value,
            ScriptName name => frame.Variables.TryGetValue(name.Name, out object? variable) ? variable : new ScriptBuiltin(name.Name),
            ScriptAttribute attribute => Member(attribute, Evaluate(attribute.Target, frame)),
            ScriptSequence { IsTuple: true } tuple => tuple.Items.Select(item => Evaluate(item, frame)).ToArray(),
            ScriptSequence list => new ScriptList(list.Items.Select(item => Evaluate(item, frame))),
            ScriptPairs pairs => Pairs(pairs, frame),
            ScriptIndex index => Element(index, frame),
            ScriptOperation operation => Apply(
                operation.Line, $"torch.{operation.Function}", [.. operation.Operands.Select(operand => Evaluate(operand, frame))], []),
            ScriptChoice choice => Evaluate(choice.Condition, frame) switch
            {
                bool condition => Evaluate(condition ? choice.Yes : choice.No, frame),
                var other => throw RefuseFinally(choice.Line, $"which value is taken depends on what the model is given: {ScriptText.Of(other)}"),
            },
            ScriptCall call => Call(call, frame),
            _ => throw Refuse(expression.Line, "this expression is not understood"),
        };
        object? current = Aliases.Current(value, out string? changed);
        return changed is null ? current : throw Refuse(
            expression.Line, $"{ScriptText.Of(value)} may share elements with what {changed} changes in place: it is not known what it is now");
    }

    private object? Member(ScriptAttribute attribute, object? target) => target switch
    {
        ScriptObject owner => Attribute(owner, attribute.Name),
        ScriptBuiltin { Name: "CONSTANTS" } => Constant(attribute),
        ScriptBuiltin name => Name($"{name.Name}.{attribute.Name}"),
        _ => new ScriptBound(target, attribute.Name),
    };

    private object? Constant(ScriptAttribute attribute)
    {
        int index = attribute.Name.StartsWith('c') && int.TryParse(attribute.Name.AsSpan(1), out int number) && number >= 0 ? number : int.MaxValue;
        return Import(
            _archive.Constant(index) ?? throw Refuse(attribute.Line, $"the archive has no constant '{attribute.Name}'"),
            $"CONSTANTS.{attribute.Name}",
            isConstant: true);
    }

    /// <summary>A name with dots: a class or function of the code, or one of PyTorch's own.</summary>
    private object Name(string name)
    {
        Budget.TakeText(name.Length, "its names");
        return name.StartsWith("__torch__.", StringComparison.Ordinal) && _archive.Code.Find(name) is { } definition
            ? new ScriptCallable(definition, null)
            : new ScriptBuiltin(name);
    }

    private PickleDictionary Pairs(ScriptPairs pairs, ScriptFrame frame)
    {
        var dictionary = new PickleDictionary();
        foreach ((ScriptExpression key, ScriptExpression value) in pairs.Items)
        {
            dictionary.Add(Evaluate(key, frame), Evaluate(value, frame));
        }

        return dictionary;
    }

    private object? Element(ScriptIndex index, ScriptFrame frame)
    {
        object? target = Evaluate(index.Target, frame);

        // A type with its parameters, in a call that says of which type a value is.
        return target is ScriptBuiltin type
            ? type
            : ScriptLists.Element(target, Evaluate(index.Index, frame)) is { IsFound: true, Value: var value }
                ? value
                : throw Refuse(index.Line, $"cannot take an element of {ScriptText.Of(target)}");
    }

    private object? Call(ScriptCall call, ScriptFrame frame)
    {
        object? function = Evaluate(call.Function, frame);
        var positional = new List<object?>();
        var named = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (ScriptArgument argument in call.Arguments)
        {
            object? value = Evaluate(argument.Value, frame);
            if (argument.Name is null)
            {
                positional.Add(value);
            }
            else
            {
                named[argument.Name] = value;
            }
        }

        frame.Line = call.Line;
        return function switch
        {
            ScriptCallable { Definition.Methods.Count: 0, Definition.Fields.Count: > 0, Self: null } type =>
                New(type.Definition, positional),
            ScriptCallable callable => Call(callable, positional, named),
            ScriptBuiltin { Name: "getattr" } when positional is [ScriptObject owner, string name, ..] => Attribute(owner, name),
            ScriptBuiltin builtin => Apply(call.Line, builtin.Name, positional, named),
            ScriptBound bound => Apply(call.Line, $"torch.{bound.Name}", [bound.Target, .. positional], named),
            _ => throw Refuse(call.Line, $"cannot call {ScriptText.Of(function)}"),
        };
    }

    /// <summary>A tuple with named fields.</summary>
    private ScriptObject New(ScriptDefinition type, List<object?> values)
    {
        var made = new ScriptObject(Path, type.Name, type);
        foreach ((string field, object? value) in type.Fields.Zip(values))
        {
            made.Attributes[field] = value;
        }

        return made;
    }

    private object? Apply(
        int line, string name, IReadOnlyList<object?> positional, Dictionary<string, object?> named)
    {
        var arguments = new ScriptArguments(this, name, line, positional, named);
        return ScriptOperators.Apply(arguments);
    }

    private void Step(int line)
    {
        if (!Budget.TryTake(StepBytes) || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
        {
            throw Refuse(line, "following the code takes too many steps for a file of this size");
        }
    }
}
