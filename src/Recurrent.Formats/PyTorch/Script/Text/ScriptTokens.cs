using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Script.Text;

/// <summary>The tokens of a function, one after the other, and how deep what they make is nested.</summary>
internal sealed class ScriptTokens
{
    // An expression or a statement, with its place in a list.
    private const int NodeBytes = 96;

    // Expressions and blocks inside each other: what is deeper would need a deep stack here.
    private const int MaxDepth = 150;

    private readonly ScriptLexer _lexer;
    private readonly MemoryBudget _budget;
    private int _depth;

    public ScriptTokens(ScriptLexer lexer, MemoryBudget budget)
    {
        _lexer = lexer;
        _budget = budget;
        Advance();
    }

    /// <summary>What follows on each other may be so long.</summary>
    public const int MaxChain = 100;

    /// <summary>The token that comes next.</summary>
    public ScriptToken Next { get; private set; }

    /// <summary>Whether nothing follows on the line.</summary>
    public bool EndsLine => Next.Kind is ScriptTokenKind.NewLine or ScriptTokenKind.End or ScriptTokenKind.Dedent;

    /// <summary>Counts a part of the code that is made of tokens.</summary>
    public void Take() => _budget.Take(NodeBytes, "its code");

    /// <summary>What follows on each other is nested, too: the first innermost.</summary>
    public void Chain(int count)
    {
        if (count > MaxChain)
        {
            throw _lexer.Refuse(Next.Line, $"an expression of more than {MaxChain} parts");
        }
    }

    /// <summary>Begins what is nested in something else.</summary>
    public void Deeper()
    {
        if (++_depth > MaxDepth)
        {
            throw _lexer.Refuse(Next.Line, $"expressions and blocks more than {MaxDepth} deep");
        }
    }

    /// <summary>Ends what <see cref="Deeper"/> has begun.</summary>
    public void Shallower() => _depth--;

    /// <summary>Goes on to the next token.</summary>
    public void Advance()
    {
        Next = _lexer.Next();
        _budget.TakeText(Next.Text.Length, "its code");
    }

    /// <summary>Whether a sign comes next.</summary>
    public bool Is(string sign) => Next.Kind == ScriptTokenKind.Sign && Next.Text == sign;

    /// <summary>Whether a word comes next.</summary>
    public bool IsWord(string word) => Next.Kind == ScriptTokenKind.Name && Next.Text == word;

    /// <summary>Takes a sign if it comes next.</summary>
    public bool Accept(string sign)
    {
        bool isNext = Is(sign);
        if (isNext)
        {
            Advance();
        }

        return isNext;
    }

    /// <summary>Takes a sign that has to come next.</summary>
    public void Expect(string sign)
    {
        if (!Accept(sign))
        {
            throw Unexpected($"'{sign}'");
        }
    }

    /// <summary>Takes a token that has to come next.</summary>
    public void Expect(ScriptTokenKind kind, string what)
    {
        if (Next.Kind != kind)
        {
            throw Unexpected(what);
        }

        Advance();
    }

    /// <summary>Takes a word that has to come next.</summary>
    public void ExpectName(string word)
    {
        if (!IsWord(word))
        {
            throw Unexpected($"'{word}'");
        }

        Advance();
    }

    /// <summary>Takes a name, which has to come next.</summary>
    public string TakeName()
    {
        string name = Next.Kind == ScriptTokenKind.Name ? Next.Text : throw Unexpected("a name");
        Advance();
        return name;
    }

    /// <summary>The refusal of the token that comes next.</summary>
    public ModelFormatException Unexpected(string expected) => Refuse(
        Next.Line,
        $"expected {expected}, found {(Next.Text.Length > 0 ? $"'{Next.Text}'" : Next.Kind == ScriptTokenKind.End ? "the end" : "the end of a line")}");

    /// <summary>The refusal of a line.</summary>
    public ModelFormatException Refuse(int line, string reason) => _lexer.Refuse(line, reason);
}
