using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Script.Text;

/// <summary>Parses a function, of the part of Python's language that TorchScript writes.</summary>
internal sealed class ScriptParser
{
    private readonly ScriptTokens _tokens;
    private readonly ScriptExpressions _expressions;

    public ScriptParser(ScriptLexer lexer, MemoryBudget budget)
    {
        _tokens = new ScriptTokens(lexer, budget);
        _expressions = new ScriptExpressions(_tokens);
    }

    /// <summary>The function that begins here with <c>def</c>.</summary>
    public ScriptFunction Function()
    {
        while (_tokens.Next.Kind is ScriptTokenKind.Indent or ScriptTokenKind.NewLine)
        {
            _tokens.Advance();
        }

        _tokens.ExpectName("def");
        _tokens.TakeName();
        _tokens.Expect("(");
        var parameters = new List<ScriptParameter>();
        while (!_tokens.Is(")"))
        {
            string name = _tokens.TakeName();
            string type = "";
            if (_tokens.Accept(":"))
            {
                type = TypeText(_expressions.Expression());
            }

            parameters.Add(new ScriptParameter(name, type, _tokens.Accept("=") ? _expressions.Expression() : null));
            if (!_tokens.Accept(","))
            {
                break;
            }
        }

        _tokens.Expect(")");
        if (_tokens.Accept("->"))
        {
            _expressions.Expression();
        }

        return new ScriptFunction(parameters, Block());
    }

    private static string TypeText(ScriptExpression type, int depth = 0) => depth > ScriptTokens.MaxChain ? "" : type switch
    {
        ScriptName name => name.Name,
        ScriptAttribute attribute => $"{TypeText(attribute.Target, depth + 1)}.{attribute.Name}",
        ScriptIndex index => $"{TypeText(index.Target, depth + 1)}[{TypeText(index.Index, depth + 1)}]",
        ScriptSequence sequence => string.Join(", ", sequence.Items.Select(item => TypeText(item, depth + 1))),
        _ => "",
    };

    private List<ScriptStatement> Block()
    {
        _tokens.Deeper();
        _tokens.Expect(":");
        var statements = new List<ScriptStatement>();
        if (_tokens.Next.Kind != ScriptTokenKind.NewLine)
        {
            Add(statements);
            _tokens.Shallower();
            return statements;
        }

        _tokens.Advance();
        _tokens.Expect(ScriptTokenKind.Indent, "a block");
        while (_tokens.Next.Kind is not ScriptTokenKind.Dedent and not ScriptTokenKind.End)
        {
            Add(statements);
        }

        if (_tokens.Next.Kind == ScriptTokenKind.Dedent)
        {
            _tokens.Advance();
        }

        _tokens.Shallower();
        return statements;
    }

    private void Add(List<ScriptStatement> statements)
    {
        _tokens.Take();
        int line = _tokens.Next.Line;
        if (_tokens.IsWord("if"))
        {
            _tokens.Advance();
            statements.Add(Branch(line));
        }
        else if (_tokens.IsWord("for"))
        {
            _tokens.Advance();
            string name = _tokens.TakeName();
            _tokens.ExpectName("in");
            ScriptExpression values = _expressions.Expression();
            statements.Add(new ScriptLoop(line, name, values, Block()));
        }
        else if (_tokens.IsWord("while"))
        {
            _tokens.Advance();
            _expressions.Expression();
            Block();
            statements.Add(new ScriptUnknown(line, "while"));
        }
        else if (_tokens.IsWord("with"))
        {
            // What a block is done with (without gradients, say) is nothing that a model depends on.
            _tokens.Advance();
            _expressions.Expression();
            if (_tokens.IsWord("as"))
            {
                _tokens.Advance();
                _tokens.TakeName();
            }

            statements.AddRange(Block());
        }
        else if (Simple(line) is { } simple)
        {
            statements.Add(simple);
        }
    }

    private ScriptBranch Branch(int line)
    {
        ScriptExpression condition = _expressions.Expression();
        List<ScriptStatement> yes = Block();
        if (_tokens.IsWord("elif"))
        {
            int next = _tokens.Next.Line;
            _tokens.Deeper();
            _tokens.Advance();
            ScriptBranch other = Branch(next);
            _tokens.Shallower();
            return new ScriptBranch(line, condition, yes, [other]);
        }

        if (!_tokens.IsWord("else"))
        {
            return new ScriptBranch(line, condition, yes, []);
        }

        _tokens.Advance();
        return new ScriptBranch(line, condition, yes, Block());
    }

    /// <summary>A statement on a line; null for one that does nothing.</summary>
    private ScriptStatement? Simple(int line)
    {
        ScriptStatement? statement = null;
        if (_tokens.IsWord("return"))
        {
            _tokens.Advance();
            statement = new ScriptReturn(line, _tokens.EndsLine ? null : _expressions.List());
        }
        else if (_tokens.IsWord("raise"))
        {
            _tokens.Advance();
            if (!_tokens.EndsLine)
            {
                _expressions.List();
            }

            statement = new ScriptRaise(line, null);
        }
        else if (_tokens.IsWord("assert"))
        {
            _tokens.Advance();
            ScriptExpression condition = _expressions.Expression();
            if (_tokens.Accept(","))
            {
                _expressions.Expression();
            }

            statement = new ScriptRaise(line, condition);
        }
        else if (_tokens.IsWord("pass"))
        {
            _tokens.Advance();
        }
        else
        {
            statement = Assignment(line);
        }

        if (_tokens.Next.Kind == ScriptTokenKind.NewLine)
        {
            _tokens.Advance();
        }
        else if (!_tokens.EndsLine)
        {
            throw _tokens.Unexpected("the end of the line");
        }

        return statement;
    }

    private ScriptAssignment Assignment(int line)
    {
        ScriptExpression first = _expressions.List();
        if (_tokens.Accept(":"))
        {
            _expressions.Expression();
        }

        if (!_tokens.Accept("="))
        {
            return new ScriptAssignment(line, [], IsUnpacked: false, first);
        }

        ScriptExpression value = _expressions.List();
        bool isUnpacked = first is ScriptSequence;
        IReadOnlyList<ScriptExpression> targets = first is ScriptSequence sequence ? sequence.Items : [first];
        ScriptExpression? other = targets.FirstOrDefault(target => target is not (ScriptName or ScriptAttribute));
        return other is null
            ? new ScriptAssignment(line, targets, isUnpacked, value)
            : throw _tokens.Refuse(line, "expected a name, or an attribute of an object, on the left");
    }
}
