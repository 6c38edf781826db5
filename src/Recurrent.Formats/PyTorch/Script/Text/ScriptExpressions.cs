using System.Globalization;

namespace Recurrent.Formats.PyTorch.Script.Text;

/// <summary>Parses expressions.</summary>
/// <param name="tokens">Where they are taken from.</param>
internal sealed class ScriptExpressions(ScriptTokens tokens)
{
    /// <summary>An expression without commas.</summary>
    public ScriptExpression Expression()
    {
        tokens.Deeper();
        ScriptExpression value = Or();
        if (tokens.IsWord("if"))
        {
            int line = tokens.Next.Line;
            tokens.Advance();
            ScriptExpression condition = Or();
            tokens.ExpectName("else");
            value = new ScriptChoice(line, condition, value, Expression());
        }

        tokens.Shallower();
        return value;
    }

    /// <summary>One expression, or several with commas, which are a tuple.</summary>
    public ScriptExpression List()
    {
        int line = tokens.Next.Line;
        ScriptExpression first = Expression();
        if (!tokens.Is(","))
        {
            return first;
        }

        List<ScriptExpression> items = [first];
        while (tokens.Accept(","))
        {
            if (tokens.EndsLine || tokens.Is("=") || tokens.Is(":"))
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
        if (!tokens.IsWord("not"))
        {
            return Comparison();
        }

        int line = tokens.Next.Line;
        tokens.Deeper();
        tokens.Advance();
        ScriptExpression operand = Not();
        tokens.Shallower();
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
        while (tokens.Next.Kind is ScriptTokenKind.Sign or ScriptTokenKind.Name && function(tokens.Next.Text) is { } name)
        {
            int line = tokens.Next.Line;
            tokens.Chain(++count);
            tokens.Advance();
            if (name == "__is__" && tokens.IsWord("not"))
            {
                tokens.Advance();
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
        if (!tokens.Is("-") && !tokens.Is("+"))
        {
            return Postfix();
        }

        (int line, bool isMinus) = (tokens.Next.Line, tokens.Is("-"));
        tokens.Deeper();
        tokens.Advance();
        ScriptExpression operand = Unary();
        tokens.Shallower();
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
            int line = tokens.Next.Line;
            tokens.Chain(count);
            if (tokens.Accept("."))
            {
                value = Node(new ScriptAttribute(line, value, tokens.TakeName()));
            }
            else if (tokens.Accept("("))
            {
                value = Node(new ScriptCall(line, value, Arguments()));
            }
            else if (tokens.Accept("["))
            {
                ScriptExpression index = tokens.Is("]") ? new ScriptSequence(line, IsTuple: true, []) : List();
                tokens.Expect("]");
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
        while (!tokens.Is(")"))
        {
            ScriptExpression value = Expression();
            arguments.Add(value is ScriptName name && tokens.Accept("=")
                ? new ScriptArgument(name.Name, Expression())
                : new ScriptArgument(null, value));
            if (!tokens.Accept(","))
            {
                break;
            }
        }

        tokens.Expect(")");
        return arguments;
    }

    private ScriptExpression Primary()
    {
        ScriptToken token = tokens.Next;
        switch (token.Kind)
        {
            case ScriptTokenKind.Number:
                tokens.Advance();
                return Node(new ScriptLiteral(token.Line, Number(token)));
            case ScriptTokenKind.String:
                tokens.Advance();
                return Node(new ScriptLiteral(token.Line, token.Text));
            case ScriptTokenKind.Name:
                tokens.Advance();
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
                tokens.Advance();
                return Parenthesized(token.Line);
            case ScriptTokenKind.Sign when token.Text == "[":
                tokens.Advance();
                return Node(new ScriptSequence(token.Line, IsTuple: false, Items("]")));
            case ScriptTokenKind.Sign when token.Text == "{":
                tokens.Advance();
                return Pairs(token.Line);
            default:
                throw tokens.Unexpected("a value");
        }
    }

    private ScriptExpression Parenthesized(int line)
    {
        if (tokens.Accept(")"))
        {
            return Node(new ScriptSequence(line, IsTuple: true, []));
        }

        ScriptExpression first = Expression();
        if (tokens.Accept(")"))
        {
            return first;
        }

        tokens.Expect(",");
        List<ScriptExpression> items = [first, .. Items(")")];
        return Node(new ScriptSequence(line, IsTuple: true, items));
    }

    private List<ScriptExpression> Items(string end)
    {
        var items = new List<ScriptExpression>();
        while (!tokens.Is(end))
        {
            items.Add(Expression());
            if (!tokens.Accept(","))
            {
                break;
            }
        }

        tokens.Expect(end);
        return items;
    }

    private ScriptPairs Pairs(int line)
    {
        var items = new List<(ScriptExpression, ScriptExpression)>();
        while (!tokens.Is("}"))
        {
            ScriptExpression key = Expression();
            tokens.Expect(":");
            items.Add((key, Expression()));
            if (!tokens.Accept(","))
            {
                break;
            }
        }

        tokens.Expect("}");
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
            : throw tokens.Refuse(token.Line, $"'{token.Text}' is no number");
    }

    private ScriptExpression Node(ScriptExpression node)
    {
        tokens.Take();
        return node;
    }
}
