using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen.Emit;

/// <summary>What the managed side checks when it loads the library: struct sizes and functions.</summary>
internal static class ContractEmitter
{
    internal static void Emit(HeaderModel header, CSharpNames names, SourceWriter writer)
    {
        XmlDocumentation documentation = new(writer, names);
        writer.Line("using System.Runtime.CompilerServices;");
        writer.Line();
        writer.Line("namespace Recurrent.Interop;");
        writer.Line();
        documentation.WriteSummary($"What the bindings and the library must agree on, from {header.IncludeName}.");
        writer.Open("internal static class NativeContract");
        documentation.WriteSummary("Size of every struct as C# lays it out, and as C does for a 64-bit target.");
        writer.Line("internal static NativeStructSize[] StructSizes =>");
        writer.Line("[");
        foreach (StructDeclaration type in header.Structs)
        {
            writer.Line(
                $"    new(\"{type.Name}\", Unsafe.SizeOf<{CSharpNames.Type(type.Name)}>(), {type.Size}),");
        }

        writer.Line("];");
        writer.Line();
        documentation.WriteSummary("Name of every function.");
        writer.Line("internal static string[] Functions =>");
        writer.Line("[");
        foreach (FunctionDeclaration function in header.Functions)
        {
            writer.Line($"    \"{function.Name}\",");
        }

        writer.Line("];");
        writer.Close();
    }
}
