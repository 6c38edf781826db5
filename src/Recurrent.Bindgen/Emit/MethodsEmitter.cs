using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen.Emit;

/// <summary>The header's functions. Signatures are blittable, so a call is a call and needs no stub.</summary>
internal static class MethodsEmitter
{
    internal static void Emit(HeaderModel header, CSharpNames names, SourceWriter writer)
    {
        XmlDocumentation documentation = new(writer, names);
        writer.Line("using System.Runtime.InteropServices;");
        writer.Line();
        writer.Line("namespace Recurrent.Interop;");
        writer.Line();
        documentation.WriteSummary($"Functions of {header.IncludeName}.");
        writer.Open($"internal static unsafe class {CSharpNames.MethodsClass}");
        documentation.WriteSummary("Name that the library resolver knows; not a file name.");
        writer.Line("internal const string Library = \"recurrent\";");
        writer.Line();
        writer.Separated(header.Functions, function =>
        {
            documentation.Write(function);
            writer.Line($"[DllImport(Library, EntryPoint = \"{function.Name}\", ExactSpelling = true,");
            writer.Line("    CallingConvention = CallingConvention.Cdecl)]");
            EmitSignature(function, writer);
        });
        writer.Close();
    }

    private static void EmitSignature(FunctionDeclaration function, SourceWriter writer)
    {
        string head =
            $"internal static extern {CSharpTypes.Translate(function.ReturnType)} {CSharpNames.Method(function.Name)}(";
        List<string> parameters = function.Parameters
            .Select(parameter => $"{CSharpTypes.Translate(parameter.Type)} {CSharpNames.Parameter(parameter.Name)}")
            .ToList();
        string line = head + string.Join(", ", parameters) + ");";
        if (line.Length <= writer.Width)
        {
            writer.Line(line);
            return;
        }

        writer.Line(head);
        for (int i = 0; i < parameters.Count; i++)
        {
            writer.Line($"    {parameters[i]}{(i + 1 < parameters.Count ? "," : ");")}");
        }
    }
}
