using Recurrent.Formats.PyTorch.Script.Text;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>Which variables statements set.</summary>
internal static class ScriptAssigned
{
    /// <summary>The names, each once.</summary>
    public static IReadOnlyList<string> Names(IReadOnlyList<ScriptStatement> statements)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        Find(statements, names);
        return [.. names];
    }

    // Blocks are no deeper than the parser takes them.
    private static void Find(IReadOnlyList<ScriptStatement> statements, HashSet<string> names)
    {
        foreach (ScriptStatement statement in statements)
        {
            switch (statement)
            {
                case ScriptAssignment assignment:
                    names.UnionWith(assignment.Targets.OfType<ScriptName>().Select(target => target.Name));
                    break;
                case ScriptBranch branch:
                    Find(branch.Yes, names);
                    Find(branch.No, names);
                    break;
                case ScriptLoop loop:
                    names.Add(loop.Name);
                    Find(loop.Body, names);
                    break;
            }
        }
    }
}
