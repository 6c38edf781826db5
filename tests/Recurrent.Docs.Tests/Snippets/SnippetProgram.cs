using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Recurrent.Docs.Tests.Pages;

namespace Recurrent.Docs.Tests.Snippets;

/// <summary>A snippet with what it continues, as a program of top-level statements.</summary>
internal sealed class SnippetProgram
{
    // What the SDK's ImplicitUsings give a user's project, and what the comments of the documents use.
    private const string Implicit = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Threading;
        global using System.Threading.Tasks;
        global using Recurrent.Docs.Tests;
        """;

    private static readonly IReadOnlyList<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Select(path => MetadataReference.CreateFromFile(path)),
    ];

    private readonly CSharpCompilation _compilation;

    private SnippetProgram(CSharpCompilation compilation) => _compilation = compilation;

    /// <summary>Errors and warnings: a user's project may treat them alike.</summary>
    public IEnumerable<string> Errors => _compilation.GetDiagnostics()
        .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning)
        .Select(diagnostic => diagnostic.ToString());

    public static SnippetProgram Compile(CodePart block)
    {
        List<CodePart> parts = [];
        for (CodePart? part = block; part is not null; part = part.Continued)
        {
            parts.Insert(0, part);
        }

        CSharpParseOptions options = new(LanguageVersion.Latest);
        CSharpCompilation compilation = CSharpCompilation.Create(
            "Snippet",
            [CSharpSyntaxTree.ParseText(Implicit, options), CSharpSyntaxTree.ParseText(Merge(parts, options), options)],
            References,
            new CSharpCompilationOptions(
                OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
        return new SnippetProgram(compilation);
    }

    /// <summary>Runs it in this process; what it throws ends the test.</summary>
    public void Run()
    {
        using MemoryStream image = new();
        Assert.True(_compilation.Emit(image).Success);
        MethodInfo main = Assembly.Load(image.ToArray()).EntryPoint!;
        try
        {
            main.Invoke(null, main.GetParameters().Length == 0 ? [] : [Array.Empty<string>()]);
        }
        catch (TargetInvocationException exception)
        {
            Assert.Fail(exception.InnerException!.ToString());
        }
    }

    // Usings come first in a program, statements before types; each snippet has its own of all.
    private static string Merge(List<CodePart> parts, CSharpParseOptions options)
    {
        HashSet<string> usings = [];
        List<string> statements = [], types = [];
        foreach (string text in parts.SelectMany(part => new[] { part.Given, part.Text }))
        {
            CompilationUnitSyntax unit = CSharpSyntaxTree.ParseText(text, options).GetCompilationUnitRoot();
            usings.UnionWith(unit.Usings.Select(directive => directive.ToString()));
            statements.AddRange(unit.Members.OfType<GlobalStatementSyntax>().Select(member => member.ToFullString()));
            types.AddRange(unit.Members.Where(member => member is not GlobalStatementSyntax)
                .Select(member => member.ToFullString()));
        }

        return string.Join('\n', [.. usings, .. statements, .. types]);
    }
}
