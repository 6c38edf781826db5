using Recurrent.Bindgen.Model;

namespace Recurrent.Bindgen.Rules;

/// <summary>Types have the same width and passing on every platform; values are written out.</summary>
internal static class TypeRules
{
    private const string FixedWidth =
        "a fixed-width type (int8_t to uint64_t, float, double), an enum of this header, or a pointer to one of these, "
        + "to char, to void or to a struct of this header";

    internal static IEnumerable<HeaderProblem> Check(HeaderModel header) =>
    [
        .. header.Constants.SelectMany(CheckConstant),
        .. header.Enums.SelectMany(CheckEnum),
        .. header.Structs.SelectMany(CheckFields),
        .. header.Functions.SelectMany(CheckFunction),
    ];

    private static IEnumerable<HeaderProblem> CheckConstant(ConstantDeclaration constant)
    {
        if (constant.Value is not (>= int.MinValue and <= int.MaxValue))
        {
            yield return new HeaderProblem(
                constant.Location,
                $"constant `{constant.Name}`: expected one integer literal that fits into int32_t; found "
                + $"`{constant.Replacement}`");
        }
    }

    private static IEnumerable<HeaderProblem> CheckEnum(EnumDeclaration type)
    {
        if (type.Size != sizeof(int))
        {
            yield return new HeaderProblem(
                type.Location, $"enum `{type.Name}`: expected a size of 4 bytes; found {type.Size}");
        }

        foreach (EnumeratorDeclaration enumerator in type.Enumerators)
        {
            if (!enumerator.IsExplicit)
            {
                yield return new HeaderProblem(
                    enumerator.Location, $"enumerator `{enumerator.Name}`: expected an explicit value");
            }
        }
    }

    private static IEnumerable<HeaderProblem> CheckFields(StructDeclaration type) =>
        from field in type.Fields
        let fault = field.IsBitField ? "expected a whole field; found a bit field" : DescribeFault(field.Type)
        where fault is not null
        select new HeaderProblem(field.Location, $"struct `{type.Name}`, field `{field.Name}`: {fault}");

    private static IEnumerable<HeaderProblem> CheckFunction(FunctionDeclaration function)
    {
        string subject = $"function `{function.Name}`";
        if (function.IsVariadic)
        {
            yield return new HeaderProblem(
                function.Location, $"{subject}: expected a fixed list of parameters; found `...`");
        }

        if (!function.HasPrototype)
        {
            yield return new HeaderProblem(
                function.Location, $"{subject}: expected a list of parameters, `(void)` if there are none; found `()`");
        }

        if (function.ReturnType is not VoidType && DescribeFault(function.ReturnType) is { } returnFault)
        {
            yield return new HeaderProblem(function.Location, $"{subject}, return value: {returnFault}");
        }

        foreach (ParameterDeclaration parameter in function.Parameters)
        {
            if (parameter.Name.Length == 0)
            {
                yield return new HeaderProblem(parameter.Location, $"{subject}: expected a name for every parameter");
            }

            if (DescribeFault(parameter.Type) is { } fault)
            {
                yield return new HeaderProblem(parameter.Location, $"{subject}, parameter `{parameter.Name}`: {fault}");
            }
        }
    }

    private static string? DescribeFault(CType type) => type switch
    {
        ScalarType or EnumType => null,
        StructType => $"expected a pointer to a struct; found `{type.Spelling}` by value",
        PointerType { Target: var target } => IsValidTarget(target) ? null : Expected(type),
        _ => Expected(type),
    };

    private static bool IsValidTarget(CType type) => type switch
    {
        UnsupportedType => false,
        PointerType pointer => IsValidTarget(pointer.Target),
        _ => true,
    };

    private static string Expected(CType type) => $"expected {FixedWidth}; found `{type.Spelling}`";
}
