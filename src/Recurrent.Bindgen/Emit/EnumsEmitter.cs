using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen.Emit;

/// <summary>The header's enumerations.</summary>
internal static class EnumsEmitter
{
    internal static void Emit(HeaderModel header, CSharpNames names, SourceWriter writer)
    {
        XmlDocumentation documentation = new(writer, names);
        writer.Line("namespace Recurrent.Interop;");
        writer.Line();
        writer.Separated(header.Enums, type =>
        {
            documentation.Write(type.Documentation);
            writer.Open($"internal enum {CSharpNames.Type(type.Name)}");
            writer.Separated(type.Enumerators, enumerator =>
            {
                documentation.Write(enumerator.Documentation);
                writer.Line($"{names.Enumerator(enumerator.Name)} = {enumerator.Value},");
            });
            writer.Close();
        });
    }
}
