using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen.Emit;

/// <summary>A C file that only compiles where the header means what it meant to the generator.</summary>
internal static class LayoutAssertsEmitter
{
    internal static string Emit(HeaderModel header)
    {
        SourceWriter writer = new();
        writer.Line("/*");
        writer.Line($" * {BindingEmitter.Origin(header)}");
        writer.Line(" *");
        writer.Line(" * Compiles if the compiler lays the interface out as the bindings do; there is nothing to run.");
        writer.Line(" */");
        writer.Line($"#include <{header.IncludeName}>");
        writer.Line("#include <stddef.h>");
        foreach (ConstantDeclaration constant in header.Constants)
        {
            writer.Line();
            Assert(writer, $"{constant.Name} == {constant.Value}");
        }

        foreach (EnumDeclaration type in header.Enums)
        {
            writer.Line();
            Assert(writer, $"sizeof({type.Name}) == {type.Size}");
            foreach (EnumeratorDeclaration enumerator in type.Enumerators)
            {
                Assert(writer, $"{enumerator.Name} == {enumerator.Value}");
            }
        }

        EmitStructs(header, writer);
        return writer.ToString();
    }

    private static void EmitStructs(HeaderModel header, SourceWriter writer)
    {
        if (header.Structs.Count == 0)
        {
            return;
        }

        writer.Line();
        writer.Line("/* Structs hold pointers, so their layout is that of a 64-bit target. */");
        writer.Line("#if UINTPTR_MAX == UINT64_MAX");
        foreach (StructDeclaration type in header.Structs)
        {
            writer.Line();
            Assert(writer, $"sizeof({type.Name}) == {type.Size}");
            foreach (FieldDeclaration field in type.Fields)
            {
                Assert(writer, $"offsetof({type.Name}, {field.Name}) == {field.Offset}");
            }
        }

        writer.Line();
        writer.Line("#endif");
    }

    private static void Assert(SourceWriter writer, string condition) =>
        writer.Line($"_Static_assert({condition}, \"{condition}\");");
}
