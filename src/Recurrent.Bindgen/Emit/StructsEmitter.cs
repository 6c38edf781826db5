using Recurrent.Bindgen.Model;
using Recurrent.Bindgen.Rules;

namespace Recurrent.Bindgen.Emit;

/// <summary>The header's structs, laid out alike. Their constructors set the size, so nobody forgets it.</summary>
internal static class StructsEmitter
{
    internal static void Emit(HeaderModel header, CSharpNames names, SourceWriter writer)
    {
        XmlDocumentation documentation = new(writer, names);
        writer.Line("using System.Runtime.InteropServices;");
        writer.Line();
        writer.Line("namespace Recurrent.Interop;");
        writer.Line();
        writer.Separated(header.Structs, type => EmitStruct(type, documentation, writer));
    }

    private static void EmitStruct(StructDeclaration type, XmlDocumentation documentation, SourceWriter writer)
    {
        string name = CSharpNames.Type(type.Name);
        documentation.Write(type.Documentation);
        writer.Line("[StructLayout(LayoutKind.Sequential)]");
        writer.Open($"internal unsafe struct {name}");
        writer.Separated(type.Fields, field =>
        {
            documentation.Write(field.Documentation);
            writer.Line($"public {CSharpTypes.Translate(field.Type)} {CSharpNames.Field(field.Name)};");
        });
        writer.Line();
        documentation.WriteSummary("All zero, but for the size.");
        writer.Line($"public {name}() => {CSharpNames.Field(LayoutRules.SizeField)} = (uint)sizeof({name});");
        writer.Close();
    }
}
