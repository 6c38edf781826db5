using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen.Rules;

/// <summary>
/// A struct begins with its size, so that it can grow, and has neither gaps nor packing: what it holds is what its
/// fields say, under any compiler, and C#'s sequential layout is the same.
/// </summary>
internal static class LayoutRules
{
    /// <summary>The field that every struct begins with.</summary>
    internal const string SizeField = "struct_size";

    internal static IEnumerable<HeaderProblem> Check(HeaderModel header)
    {
        foreach (StructDeclaration type in header.Structs)
        {
            if (type.Fields is not [{ Name: SizeField, Type: ScalarType { Kind: ScalarKind.UInt32 } }, ..])
            {
                yield return new HeaderProblem(
                    type.Location, $"struct `{type.Name}`: expected `uint32_t {SizeField}` as its first field");
            }

            foreach (HeaderProblem problem in CheckGaps(type))
            {
                yield return problem;
            }
        }
    }

    private static IEnumerable<HeaderProblem> CheckGaps(StructDeclaration type)
    {
        // Fields of other types are refused elsewhere and have no offset worth a message.
        if (type.Fields.Any(field => field.IsBitField || field.Type is UnsupportedType or StructType))
        {
            yield break;
        }

        long end = 0;
        foreach (FieldDeclaration field in type.Fields)
        {
            if (field.Offset % field.Size != 0)
            {
                yield return new HeaderProblem(
                    field.Location,
                    $"{Subject(type, field)}: expected natural alignment to {field.Size} bytes; found offset "
                    + $"{field.Offset}");
            }
            else if (field.Offset != end)
            {
                yield return new HeaderProblem(
                    field.Location,
                    $"{Subject(type, field)}: expected no padding before it; found {field.Offset - end} bytes "
                    + "(reorder the fields, or add a reserved one)");
            }

            end = field.Offset + field.Size;
        }

        if (type.Size != end)
        {
            yield return new HeaderProblem(
                type.Location,
                $"struct `{type.Name}`: expected no padding at its end; found {type.Size - end} bytes "
                + "(add a reserved field)");
        }
    }

    private static string Subject(StructDeclaration type, FieldDeclaration field) =>
        $"struct `{type.Name}`, field `{field.Name}`";
}
