namespace Recurrent.Formats.PyTorch;

/// <summary>An entry of a list of modules: a name, and an argument in parentheses where there is one.</summary>
internal readonly record struct ModuleListEntry(string Name, string? Argument)
{
    public static ModuleListEntry Parse(string text)
    {
        int open = text.IndexOf('(', StringComparison.Ordinal);
        if (open < 0 || !text.EndsWith(')'))
        {
            return new ModuleListEntry(text.Trim(), null);
        }

        return new ModuleListEntry(text[..open].Trim(), text[(open + 1)..^1].Trim());
    }

    public override string ToString() => Argument is null ? Name : $"{Name}({Argument})";
}
