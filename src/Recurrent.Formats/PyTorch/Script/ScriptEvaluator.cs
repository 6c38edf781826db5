using Recurrent.Formats.Onnx;
using Recurrent.Formats.PyTorch.Checkpoint;
using Recurrent.Formats.PyTorch.Script.Text;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>What expressions of the code are, with what is known of each value in the place of numbers.</summary>
/// <param name="script">What follows the code.</param>
/// <param name="objects">The objects of the archive.</param>
/// <param name="code">Its classes and functions.</param>
internal sealed class ScriptEvaluator(ScriptInterpreter script, ScriptObjects objects, ScriptCode code)
{
    /// <summary>The value of an expression.</summary>
    public object? Evaluate(ScriptExpression expression, ScriptFrame frame)
    {
        script.Step(expression.Line);
        object? value = expression switch
        {
            ScriptLiteral literal => literal.Value,
            ScriptName name => Variable(name, frame),
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
                var other => throw script.RefuseFinally(choice.Line, $"which value is taken depends on what the model is given: {ScriptText.Of(other)}"),
            },
            ScriptCall call => Call(call, frame),
            _ => throw script.Refuse(expression.Line, "this expression is not understood"),
        };
        object? current = script.Aliases.Current(value, out string? changed);
        return changed is null ? current : throw script.Refuse(
            expression.Line, $"{ScriptText.Of(value)} may share elements with what {changed} changes in place: it is not known what it is now");
    }

    private object? Variable(ScriptName name, ScriptFrame frame)
    {
        if (!frame.Variables.TryGetValue(name.Name, out object? value))
        {
            return new ScriptBuiltin(name.Name);
        }

        if (value is ScriptLastStep last)
        {
            // Whether the last step of a sequence can be taken is asked only where it is read.
            var arguments = new ScriptArguments(script, "torch.select", name.Line, [], new Dictionary<string, object?>());
            frame.Variables[name.Name] = value = ScriptShapes.Select(arguments, last.Sequence, 0, Extent.Of(-1));
        }

        return value;
    }

    private object? Member(ScriptAttribute attribute, object? target) => target switch
    {
        ScriptObject owner => objects.Attribute(owner, attribute.Name),
        ScriptBuiltin { Name: "CONSTANTS" } => Constant(attribute),
        ScriptBuiltin name => Name($"{name.Name}.{attribute.Name}"),
        _ => new ScriptBound(target, attribute.Name),
    };

    private object? Constant(ScriptAttribute attribute) => objects.Constant(attribute.Name) is { IsFound: true, Value: var value }
        ? value
        : throw script.Refuse(attribute.Line, $"the archive has no constant '{attribute.Name}'");

    /// <summary>A name with dots: a class or function of the code, or one of PyTorch's own.</summary>
    private object Name(string name)
    {
        script.Budget.TakeText(name.Length, "its names");
        return name.StartsWith("__torch__.", StringComparison.Ordinal) && code.Find(name) is { } definition
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
        if (target is ScriptBuiltin type)
        {
            return type;
        }

        script.StepLoop?.Read(target);
        object? at = Evaluate(index.Index, frame);
        return ScriptShapes.Step(new ScriptArguments(script, "an element", index.Line, [], new Dictionary<string, object?>()), target, at) is { } step
            ? step
            : ScriptLists.Element(target, at) is { IsFound: true, Value: var value }
                ? value
                : throw script.Refuse(index.Line, $"cannot take an element of {ScriptText.Of(target)}");
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
            ScriptCallable callable => script.Call(callable, positional, named),
            ScriptBuiltin { Name: "getattr" } when positional is [ScriptObject owner, string name, ..] => objects.Attribute(owner, name),
            ScriptBuiltin builtin => Apply(call.Line, builtin.Name, positional, named),
            ScriptBound bound => Apply(call.Line, $"torch.{bound.Name}", [bound.Target, .. positional], named),
            _ => throw script.Refuse(call.Line, $"cannot call {ScriptText.Of(function)}"),
        };
    }

    /// <summary>A tuple with named fields.</summary>
    private ScriptObject New(ScriptDefinition type, List<object?> values)
    {
        var made = new ScriptObject(script.Path, type.Name, type);
        foreach ((string field, object? value) in type.Fields.Zip(values))
        {
            made.Attributes[field] = value;
        }

        return made;
    }

    private object? Apply(
        int line, string name, IReadOnlyList<object?> positional, Dictionary<string, object?> named)
    {
        var arguments = new ScriptArguments(script, name, line, positional, named);
        return script.StepLoop is null ? ScriptOperators.Apply(arguments) : script.StepLoop.Apply(arguments);
    }
}
