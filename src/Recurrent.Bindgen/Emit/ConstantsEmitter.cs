using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen.Emit;

/// <summary>The header's constants.</summary>
internal static class ConstantsEmitter
{
    internal static void Emit(HeaderModel header, CSharpNames names, SourceWriter writer)
    {
        XmlDocumentation documentation = new(writer, names);
        writer.Line("namespace Recurrent.Interop;");
        writer.Line();
        documentation.WriteSummary($"Constants of {header.IncludeName}.");
        writer.Open($"internal static class {CSharpNames.ConstantsClass}");
        writer.Separated(header.Constants, constant =>
        {
            documentation.Write(constant.Documentation);
            writer.Line($"internal const int {CSharpNames.Constant(constant.Name)} = {constant.Value};");
        });
        writer.Close();
    }
}
