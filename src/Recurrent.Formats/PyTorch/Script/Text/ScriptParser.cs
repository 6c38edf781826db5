using System.Globalization;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Script.Text;

/// <summary>Parses a function, of the part of Python's language that TorchScript writes.</summary>
internal sealed class ScriptParser
{
    // An expression or a statement, with its place in a list.
    private const int NodeBytes = 96;

    // Expressions and blocks inside each other: what is deeper would need a deep stack here.
    private const int MaxDepth = 150;
    private const int MaxChain = 100;

    private readonly ScriptLexer _lexer;
    private readonly MemoryBudget _budget;
    private ScriptToken _next;
    private int _depth;

    public ScriptParser(ScriptLexer lexer, MemoryBudget budget)
    {
        _lexer = lexer;
        _budget = budget;
        Advance();
    }

    /// <summary>The function that begins here with <c>def</c>.</summary>
    public ScriptFunction Function()
    {
        while (_next.Kind is ScriptTokenKind.Indent or ScriptTokenKind.NewLine)
        {
            Advance();
        }

        ExpectName("def");
        TakeName();
        Expect("(");
        var parameters = new List<ScriptParameter>();
        while (!Is(")"))
        {
            string name = TakeName();
            string type = "";
            if (Accept(":"))
            {
                type = TypeText(Expression());
            }

            parameters.Add(new ScriptParameter(name, type, Accept("=") ? Expression() : null));
            if (!Accept(","))
            {
                break;
            }
        }

        Expect(")");
        if (Accept("->"))
        {
            Expression();
        }

        return new ScriptFunction(parameters, Block());
    }

    /// <summary>An expression that is the rest of a line: the value of an attribute that is written in a class.</summary>
    public ScriptExpression Expression()
    {
        Deeper();
        ScriptExpression value = Or();
        if (IsWord("if"))
        {
            int line = _next.Line;
            Advance();
            ScriptExpression condition = Or();
            ExpectName("else");
            value = new ScriptChoice(line, condition, value, Expression());
        }

        _depth--;
        return value;
    }

    private static string TypeText(ScriptExpression type, int depth = 0) => depth > MaxChain ? "" : type switch
    {
        ScriptName name => name.Name,
        ScriptAttribute attribute => $"{TypeText(attribute.Target, depth + 1)}.{attribute.Name}",
        ScriptIndex index => $"{TypeText(index.Target, depth + 1)}[{TypeText(index.Index, depth + 1)}]",
        ScriptSequence sequence => string.Join(", ", sequence.Items.Select(item => TypeText(item, depth + 1))),
        _ => "",
    };

    private List<ScriptStatement> Block()
    {
        Deeper();
        Expect(":");
        var statements = new List<ScriptStatement>();
        if (_next.Kind != ScriptTokenKind.NewLine)
        {
            Add(statements);
            _depth--;
            return statements;
        }

        Advance();
        Expect(ScriptTokenKind.Indent, "a block");
        while (_next.Kind is not ScriptTokenKind.Dedent and not ScriptTokenKind.End)
        {
            Add(statements);
        }

        if (_next.Kind == ScriptTokenKind.Dedent)
        {
            Advance();
        }

        _depth--;
        return statements;
    }

    private void Add(List<ScriptStatement> statements)
    {
        _budget.Take(NodeBytes, "its code");
        int line = _next.Line;
        if (IsWord("if"))
        {
            Advance();
            statements.Add(Branch(line));
        }
        else if (IsWord("for"))
        {
            Advance();
            string name = TakeName();
            ExpectName("in");
            ScriptExpression values = Expression();
            statements.Add(new ScriptLoop(line, name, values, Block()));
        }
        else if (IsWord("while"))
        {
            Advance();
            Expression();
            Block();
            statements.Add(new ScriptUnknown(line, "while"));
        }
        else if (IsWord("with"))
        {
            // What a block is done with (without gradients, say) is nothing that a model depends on.
            Advance();
            Expression();
            if (IsWord("as"))
            {
                Advance();
                TakeName();
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
        ScriptExpression condition = Expression();
        List<ScriptStatement> yes = Block();
        if (IsWord("elif"))
        {
            int next = _next.Line;
            Deeper();
            Advance();
            ScriptBranch other = Branch(next);
            _depth--;
            return new ScriptBranch(line, condition, yes, [other]);
        }

        if (!IsWord("else"))
        {
            return new ScriptBranch(line, condition, yes, []);
        }

        Advance();
        return new ScriptBranch(line, condition, yes, Block());
    }

    /// <summary>A statement on a line; null for one that does nothing.</summary>
    private ScriptStatement? Simple(int line)
    {
        ScriptStatement? statement = null;
        if (IsWord("return"))
        {
            Advance();
            statement = new ScriptReturn(line, EndsLine ? null : List());
        }
        else if (IsWord("raise"))
        {
            Advance();
            if (!EndsLine)
            {
                List();
            }

            statement = new ScriptRaise(line, null);
        }
        else if (IsWord("assert"))
        {
            Advance();
            ScriptExpression condition = Expression();
            if (Accept(","))
            {
                Expression();
            }

            statement = new ScriptRaise(line, condition);
        }
        else if (IsWord("pass"))
        {
            Advance();
        }
        else
        {
            statement = Assignment(line);
        }

        if (_next.Kind == ScriptTokenKind.NewLine)
        {
            Advance();
        }
        else if (!EndsLine)
        {
            throw Unexpected("the end of the line");
        }

        return statement;
    }

    private bool EndsLine => _next.Kind is ScriptTokenKind.NewLine or ScriptTokenKind.End or ScriptTokenKind.Dedent;

    private ScriptAssignment Assignment(int line)
    {
        ScriptExpression first = List();
        if (Accept(":"))
        {
            Expression();
        }

        if (!Accept("="))
        {
            return new ScriptAssignment(line, [], IsUnpacked: false, first);
        }

        ScriptExpression value = List();
        bool isUnpacked = first is ScriptSequence;
        IReadOnlyList<ScriptExpression> targets = first is ScriptSequence sequence ? sequence.Items : [first];
        ScriptExpression? other = targets.FirstOrDefault(target => target is not (ScriptName or ScriptAttribute));
        return other is null
            ? new ScriptAssignment(line, targets, isUnpacked, value)
            : throw _lexer.Refuse(line, "expected a name, or an attribute of an object, on the left");
    }

    /// <summary>One expression, or several with commas, which are a tuple.</summary>
    private ScriptExpression List()
    {
        int line = _next.Line;
        ScriptExpression first = Expression();
        if (!Is(","))
        {
            return first;
        }

        List<ScriptExpression> items = [first];
        while (Accept(","))
        {
            if (EndsLine || Is("=") || Is(":"))
            {
                break;
            }

            items.Add(Expression());
        }

        return Node(new ScriptSequence(line, IsTuple: true, items));
    }

    private ScriptExpression Or() => Binary(And, word => word == "or" ? "__or__" : null);

    private ScriptExpression And() => Binary(Not, word => word == "and" ? "__and__" : null);

    private ScriptExpression Not()
    {
        if (!IsWord("not"))
        {
            return Comparison();
        }

        int line = _next.Line;
        Deeper();
        Advance();
        ScriptExpression operand = Not();
        _depth--;
        return Node(new ScriptOperation(line, "__not__", [operand]));
    }

    private ScriptExpression Comparison() => Binary(Sum, sign => sign switch
    {
        "==" => "eq",
        "!=" => "ne",
        "<" => "lt",
        "<=" => "le",
        ">" => "gt",
        ">=" => "ge",
        "is" => "__is__",
        "in" => "__contains__",
        _ => null,
    });

    private ScriptExpression Sum() => Binary(Product, sign => sign switch { "+" => "add", "-" => "sub", _ => null });

    private ScriptExpression Product() => Binary(
        Unary, sign => sign switch { "*" => "mul", "/" => "div", "//" => "floordiv", "%" => "remainder", "@" => "matmul", _ => null });

    private ScriptExpression Binary(Func<ScriptExpression> operand, Func<string, string?> function)
    {
        ScriptExpression left = operand();
        int count = 0;
        while (_next.Kind is ScriptTokenKind.Sign or ScriptTokenKind.Name && function(_next.Text) is { } name)
        {
            int line = _next.Line;
            Chain(++count);
            Advance();
            if (name == "__is__" && IsWord("not"))
            {
                Advance();
                name = "__isnot__";
            }

            ScriptExpression right = operand();
            left = Node(name == "__contains__"
                ? new ScriptOperation(line, name, [right, left])
                : new ScriptOperation(line, name, [left, right]));
        }

        return left;
    }

    private ScriptExpression Unary()
    {
        if (!Is("-") && !Is("+"))
        {
            return Postfix();
        }

        (int line, bool isMinus) = (_next.Line, Is("-"));
        Deeper();
        Advance();
        ScriptExpression operand = Unary();
        _depth--;
        return !isMinus ? operand : Node(operand switch
        {
            ScriptLiteral { Value: long value } => new ScriptLiteral(line, unchecked(-value)),
            ScriptLiteral { Value: double value } => new ScriptLiteral(line, -value),
            _ => new ScriptOperation(line, "neg", [operand]),
        });
    }

    private ScriptExpression Postfix()
    {
        ScriptExpression value = Primary();
        for (int count = 0; ; count++)
        {
            int line = _next.Line;
            Chain(count);
            if (Accept("."))
            {
                value = Node(new ScriptAttribute(line, value, TakeName()));
            }
            else if (Accept("("))
            {
                value = Node(new ScriptCall(line, value, Arguments()));
            }
            else if (Accept("["))
            {
                ScriptExpression index = Is("]") ? new ScriptSequence(line, IsTuple: true, []) : List();
                Expect("]");
                value = Node(new ScriptIndex(line, value, index));
            }
            else
            {
                return value;
            }
        }
    }

    private List<ScriptArgument> Arguments()
    {
        var arguments = new List<ScriptArgument>();
        while (!Is(")"))
        {
            ScriptExpression value = Expression();
            arguments.Add(value is ScriptName name && Accept("=")
                ? new ScriptArgument(name.Name, Expression())
                : new ScriptArgument(null, value));
            if (!Accept(","))
            {
                break;
            }
        }

        Expect(")");
        return arguments;
    }

    private ScriptExpression Primary()
    {
        ScriptToken token = _next;
        switch (token.Kind)
        {
            case ScriptTokenKind.Number:
                Advance();
                return Node(new ScriptLiteral(token.Line, Number(token)));
            case ScriptTokenKind.String:
                Advance();
                return Node(new ScriptLiteral(token.Line, token.Text));
            case ScriptTokenKind.Name:
                Advance();
                return Node(token.Text switch
                {
                    "True" => new ScriptLiteral(token.Line, true),
                    "False" => new ScriptLiteral(token.Line, false),
                    "None" => new ScriptLiteral(token.Line, null),
                    "inf" => new ScriptLiteral(token.Line, double.PositiveInfinity),
                    "nan" => new ScriptLiteral(token.Line, double.NaN),
                    _ => new ScriptName(token.Line, token.Text),
                });
            case ScriptTokenKind.Sign when token.Text == "(":
                Advance();
                return Parenthesized(token.Line);
            case ScriptTokenKind.Sign when token.Text == "[":
                Advance();
                return Node(new ScriptSequence(token.Line, IsTuple: false, Items("]")));
            case ScriptTokenKind.Sign when token.Text == "{":
                Advance();
                return Pairs(token.Line);
            default:
                throw Unexpected("a value");
        }
    }

    private ScriptExpression Parenthesized(int line)
    {
        if (Accept(")"))
        {
            return Node(new ScriptSequence(line, IsTuple: true, []));
        }

        ScriptExpression first = Expression();
        if (Accept(")"))
        {
            return first;
        }

        Expect(",");
        List<ScriptExpression> items = [first, .. Items(")")];
        return Node(new ScriptSequence(line, IsTuple: true, items));
    }

    private List<ScriptExpression> Items(string end)
    {
        var items = new List<ScriptExpression>();
        while (!Is(end))
        {
            items.Add(Expression());
            if (!Accept(","))
            {
                break;
            }
        }

        Expect(end);
        return items;
    }

    private ScriptPairs Pairs(int line)
    {
        var items = new List<(ScriptExpression, ScriptExpression)>();
        while (!Is("}"))
        {
            ScriptExpression key = Expression();
            Expect(":");
            items.Add((key, Expression()));
            if (!Accept(","))
            {
                break;
            }
        }

        Expect("}");
        return (ScriptPairs)Node(new ScriptPairs(line, items));
    }

    private object Number(ScriptToken token)
    {
        if (long.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out long integer))
        {
            return integer;
        }

        return double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : throw _lexer.Refuse(token.Line, $"'{token.Text}' is no number");
    }

    private ScriptExpression Node(ScriptExpression node)
    {
        _budget.Take(NodeBytes, "its code");
        return node;
    }

    /// <summary>What follows on each other is nested, too: the first innermost.</summary>
    private void Chain(int count)
    {
        if (count > MaxChain)
        {
            throw _lexer.Refuse(_next.Line, $"an expression of more than {MaxChain} parts");
        }
    }

    private void Deeper()
    {
        if (++_depth > MaxDepth)
        {
            throw _lexer.Refuse(_next.Line, $"expressions and blocks more than {MaxDepth} deep");
        }
    }

    private void Advance()
    {
        _next = _lexer.Next();
        _budget.TakeText(_next.Text.Length, "its code");
    }

    private bool Is(string sign) => _next.Kind == ScriptTokenKind.Sign && _next.Text == sign;

    private bool IsWord(string word) => _next.Kind == ScriptTokenKind.Name && _next.Text == word;

    private bool Accept(string sign)
    {
        bool isNext = Is(sign);
        if (isNext)
        {
            Advance();
        }

        return isNext;
    }

    private void Expect(string sign)
    {
        if (!Accept(sign))
        {
            throw Unexpected($"'{sign}'");
        }
    }

    private void Expect(ScriptTokenKind kind, string what)
    {
        if (_next.Kind != kind)
        {
            throw Unexpected(what);
        }

        Advance();
    }

    private void ExpectName(string word)
    {
        if (!IsWord(word))
        {
            throw Unexpected($"'{word}'");
        }

        Advance();
    }

    private string TakeName()
    {
        string name = _next.Kind == ScriptTokenKind.Name ? _next.Text : throw Unexpected("a name");
        Advance();
        return name;
    }

    private ModelFormatException Unexpected(string expected) => _lexer.Refuse(
        _next.Line,
        $"expected {expected}, found {(_next.Text.Length > 0 ? $"'{_next.Text}'" : _next.Kind == ScriptTokenKind.End ? "the end" : "the end of a line")}");
}
