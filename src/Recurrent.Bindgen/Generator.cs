using Recurrent.Bindgen.Emit;
using Recurrent.Bindgen.FrontEnd;
using Recurrent.Bindgen.Model;
using Recurrent.Bindgen.Rules;

namespace Recurrent.Bindgen;

/// <summary>Header in, text out.</summary>
internal sealed class Generator(IHeaderFrontEnd frontEnd)
{
    /// <summary>Parses a header, checks it and writes its files, in memory.</summary>
    /// <exception cref="BindgenException">The header is no C, or breaks a rule; the message has all places.</exception>
    internal IReadOnlyList<GeneratedFile> Generate(string headerPath)
    {
        HeaderModel header = frontEnd.Parse(headerPath);
        IReadOnlyList<HeaderProblem> problems = HeaderRules.Check(header);
        return problems.Count == 0 ? BindingEmitter.Emit(header) : throw new BindgenException(problems);
    }
}
