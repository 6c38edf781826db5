using Recurrent.Formats.Onnx;
using Recurrent.Formats.PyTorch.Checkpoint;
using Recurrent.Formats.PyTorch.Script.Text;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>Follows statements: conditions on what is known are decided, loops over lists and known numbers unrolled.</summary>
/// <param name="script">What follows the code.</param>
/// <param name="evaluator">What its expressions are.</param>
/// <param name="objects">The objects of the archive.</param>
internal sealed class ScriptStatements(ScriptInterpreter script, ScriptEvaluator evaluator, ScriptObjects objects)
{
    /// <summary>Follows statements; true if they return.</summary>
    public bool Execute(IReadOnlyList<ScriptStatement> statements, ScriptFrame frame)
    {
        foreach (ScriptStatement statement in statements)
        {
            frame.Line = statement.Line;
            script.Advance(frame);
            if (Execute(statement, frame))
            {
                return true;
            }
        }

        return false;
    }

    private bool Execute(ScriptStatement statement, ScriptFrame frame)
    {
        script.Step(statement.Line);
        switch (statement)
        {
            case ScriptAssignment assignment:
                Assign(assignment, evaluator.Evaluate(assignment.Value, frame), frame);
                return false;
            case ScriptBranch branch:
                return Execute(Choose(branch, frame) ? branch.Yes : branch.No, frame);
            case ScriptLoop loop:
                return Loop(loop, frame);
            case ScriptReturn result:
                frame.Result = result.Value is null ? null : evaluator.Evaluate(result.Value, frame);
                return true;
            case ScriptRaise { Condition: { } condition } when evaluator.Evaluate(condition, frame) is true or ScriptUndecided:
                return false;
            case ScriptRaise:
                throw script.Refuse(statement.Line, "the code raises an exception here");
            default:
                throw script.RefuseFinally(statement.Line, $"'{((ScriptUnknown)statement).What}' cannot be followed: how often it repeats depends on the data");
        }
    }

    private bool Choose(ScriptBranch branch, ScriptFrame frame)
    {
        object? condition = evaluator.Evaluate(branch.Condition, frame);
        if (condition is bool known)
        {
            return known;
        }

        bool yesRaises = OnlyRaises(branch.Yes);
        bool noRaises = OnlyRaises(branch.No);
        return yesRaises != noRaises
            ? noRaises
            : throw script.RefuseFinally(branch.Line, $"which branch is taken depends on what the model is given: {ScriptText.Of(condition)}");
    }

    /// <summary>Whether statements end in an exception.</summary>
    private static bool OnlyRaises(IReadOnlyList<ScriptStatement> statements) => statements.Any(statement => statement
        is ScriptRaise { Condition: null }
        or ScriptAssignment { Value: ScriptCall { Function: ScriptAttribute { Name: "RaiseException" } } });

    private bool Loop(ScriptLoop loop, ScriptFrame frame)
    {
        object? over = evaluator.Evaluate(loop.Values, frame);
        script.StepLoop?.Read(over);
        IReadOnlyList<object?> values = over switch
        {
            ScriptStepCount steps when script.StepLoop is null => Steps(loop, steps, frame),
            ScriptList { Steps: null } list => [.. list.Items],
            object?[] tuple => tuple,
            var other => throw script.RefuseFinally(loop.Line, $"how often a loop repeats depends on what the model is given: {ScriptText.Of(other)}"),
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

    /// <summary>Follows the body of a loop over steps once, for all of them; nothing is left to repeat.</summary>
    private object?[] Steps(ScriptLoop loop, ScriptStepCount steps, ScriptFrame frame)
    {
        var arguments = new ScriptArguments(script, "for", loop.Line, [], new Dictionary<string, object?>());
        string[] carried = [.. ScriptAssigned.Names(loop.Body).Where(frame.Variables.ContainsKey)];
        (ScriptList List, int Count)[] lists = [.. frame.Variables.Values
            .SelectMany(value => ScriptLists.In(value, () => script.Step(loop.Line))).Distinct().Select(list => (list, list.Items.Count))];
        script.StepLoop = new ScriptStepLoop(steps.Count);
        try
        {
            foreach (string name in carried)
            {
                frame.Variables[name] = script.StepLoop.Carry(name, frame.Variables[name]);
            }

            frame.Variables[loop.Name] = new ScriptStep(0);
            if (Execute(loop.Body, frame))
            {
                throw script.Refuse(loop.Line, "a loop over steps that returns is not supported");
            }

            foreach ((ScriptList list, int count) in lists)
            {
                script.StepLoop.Collect(arguments, list, count);
            }

            foreach (string name in carried)
            {
                frame.Variables[name] = script.StepLoop.Behind(arguments, name, frame.Variables[name]);
            }

            // What only the body has set is not read behind it.
            foreach (string name in ScriptAssigned.Names(loop.Body).Append(loop.Name).Except(carried))
            {
                frame.Variables.Remove(name);
            }

            script.StepLoop.Require(arguments);
        }
        finally
        {
            script.StepLoop = null;
        }

        return [];
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

        script.StepLoop?.Read(value);
        if (value is ScriptUnbound unbound)
        {
            throw script.Refuse(assignment.Line, $"{assignment.Targets.Count} values of {unbound}, of which there are as many as the model is given. {ScriptUnbound.OfTraces}");
        }

        IReadOnlyList<object?> items = ScriptLists.Items(value)
            ?? throw script.Refuse(assignment.Line, $"expected a tuple of {assignment.Targets.Count} values, found {ScriptText.Of(value)}");
        if (items.Count != assignment.Targets.Count)
        {
            throw script.Refuse(assignment.Line, $"expected {assignment.Targets.Count} values, found {items.Count}");
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
        if (script.StepLoop is not null)
        {
            throw script.Refuse(target.Line, $"'{attribute.Name}' of a module is set at every step of a loop, which is not supported");
        }

        if (evaluator.Evaluate(attribute.Target, frame) is not ScriptObject owner)
        {
            throw script.Refuse(target.Line, "expected an attribute of an object on the left");
        }

        if (owner.Saved?.Find(attribute.Name) is TorchTensor && objects.Attribute(owner, attribute.Name) is ConstantValue buffer)
        {
            script.States.Write(buffer, value, script.Place(target.Line));
        }

        owner.Attributes[attribute.Name] = value;
    }
}
