using System.Text;
using Recurrent.Formats.PyTorch.Script.Text;
using Recurrent.Formats.Tensors;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>
/// The code of an archive as text: files, in them classes and functions. A file is looked through when one of its names is
/// first asked for, and a function is parsed when it is first called.
/// </summary>
/// <param name="read">The bytes of a file under <c>code/</c>; null if there is none.</param>
/// <param name="budget">What is asked for memory.</param>
internal sealed class ScriptCode(Func<string, byte[]?> read, MemoryBudget budget)
{
    private const int LineBytes = 64;

    private readonly Dictionary<string, ScriptFile?> _files = new(StringComparer.Ordinal);

    /// <summary>A class or function by its whole name, <c>__torch__.torch.nn.functional.elu</c>.</summary>
    /// <returns>Where it is defined; null if it is not.</returns>
    public ScriptDefinition? Find(string name)
    {
        int dot = name.LastIndexOf('.');
        return dot < 0 ? null : File(name[..dot])?.Definitions.GetValueOrDefault(name[(dot + 1)..]);
    }

    /// <summary>A method of a class, or a function. What cannot be parsed is not tried again at the next reading.</summary>
    /// <exception cref="ModelFormatException">It cannot be parsed.</exception>
    public static ScriptFunction Parse(ScriptDefinition definition, MemoryBudget budget)
    {
        if (definition.Failure is { } failure)
        {
            throw new ModelFormatException(failure);
        }

        try
        {
            return definition.Function ??= new ScriptParser(
                new ScriptLexer(definition.File.Name, definition.File.Text, definition.Position, definition.Line), budget).Function();
        }
        catch (ModelFormatException e)
        {
            definition.Failure = e.Message;
            throw;
        }
    }

    private ScriptFile? File(string module)
    {
        if (_files.TryGetValue(module, out ScriptFile? file))
        {
            return file;
        }

        budget.TakeText(module.Length, "its code");
        string name = $"code/{module.Replace('.', '/')}.py";
        byte[]? bytes = read(name);
        if (bytes is not null)
        {
            budget.TakeText(bytes.Length, $"'{name}'");
            file = Scan(name, Encoding.UTF8.GetString(bytes));
        }

        _files.Add(module, file);
        return file;
    }

    /// <summary>Finds the definitions of a file by the columns where its lines begin.</summary>
    private ScriptFile Scan(string name, string text)
    {
        var file = new ScriptFile(name, text);
        ScriptDefinition? type = null;
        int line = 1;
        for (int at = 0; at < text.Length; line++)
        {
            int end = text.IndexOf('\n', at);
            end = end < 0 ? text.Length : end;
            ReadOnlySpan<char> content = text.AsSpan(at, end - at);
            if (Name(content, "class ") is { } typeName)
            {
                type = Add(file.Definitions, typeName, file, at, line);
            }
            else if (Name(content, "def ") is { } function)
            {
                type = null;
                Add(file.Definitions, function, file, at, line);
            }
            else if (type is not null && Name(content, "  def ") is { } method)
            {
                Add(type.Methods, method, file, at, line);
            }
            else if (type is not null && Name(content, "  ") is { } field && content.IndexOf(" : ", StringComparison.Ordinal) > 0)
            {
                budget.TakeText(field.Length, "its code");
                type.Fields.Add(field);
            }

            at = end + 1;
        }

        return file;
    }

    private ScriptDefinition Add(
        Dictionary<string, ScriptDefinition> definitions, string name, ScriptFile file, int position, int line)
    {
        budget.Take(LineBytes + (2 * name.Length), "its code");
        var definition = new ScriptDefinition(file, name, position, line);
        definitions[name] = definition;
        return definition;
    }

    /// <summary>The name behind a word that a line begins with; null if it begins otherwise.</summary>
    private static string? Name(ReadOnlySpan<char> line, string word)
    {
        if (!line.StartsWith(word, StringComparison.Ordinal))
        {
            return null;
        }

        ReadOnlySpan<char> rest = line[word.Length..];
        int length = 0;
        while (length < rest.Length && (char.IsAsciiLetterOrDigit(rest[length]) || rest[length] == '_'))
        {
            length++;
        }

        return length == 0 ? null : rest[..length].ToString();
    }
}
