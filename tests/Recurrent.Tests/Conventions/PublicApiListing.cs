using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Recurrent.Tests.Conventions;

/// <summary>Writes what an assembly shows to its users: one line for a type, one for each member, in a fixed order.</summary>
internal static class PublicApiListing
{
    private const BindingFlags Declared =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Header(type)).Append('\n');
            foreach (string member in Members(type).Distinct().Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Header(Type type)
    {
        string kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => type.IsDefined(typeof(IsReadOnlyAttribute)) ? "readonly struct" : "struct",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        IEnumerable<Type> bases = (type.BaseType is { } parent && parent != typeof(object) && !type.IsValueType ? [parent] : Type.EmptyTypes)
            .Concat(type.IsEnum ? [] : type.GetInterfaces().Where(face => face.IsPublic).OrderBy(NameOf, StringComparer.Ordinal));
        string inherited = string.Join(", ", bases.Select(NameOf));
        return $"{kind} {type.Namespace}.{NameOf(type)}{(inherited.Length == 0 ? "" : " : " + inherited)}{Constraints(type)}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return type.GetFields(BindingFlags.Public | BindingFlags.Static)
                .Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Name} = {Convert.ToInt64(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}"));
        }

        return type.GetConstructors(Declared).Where(IsVisible).Select(constructor => $"{Access(constructor)}new({Parameters(constructor)})")
            .Concat(type.GetMethods(Declared).Where(method => IsVisible(method) && (!method.IsSpecialName || IsOperator(method))).Select(Method))
            .Concat(type.GetProperties(Declared).Where(property => property.GetAccessors(nonPublic: true).Any(IsVisible)).Select(Property))
            .Concat(type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly).Select(Field))
            .Concat(type.GetEvents(Declared).Where(item => IsVisible(item.AddMethod!)).Select(item => $"event {NameOf(item.EventHandlerType!)} {item.Name}"));
    }

    private static string Method(MethodInfo method) =>
        $"{Access(method)}{NameOf(method.ReturnType)} {method.Name}{TypeArguments(method.IsGenericMethod ? method.GetGenericArguments() : [])}({Parameters(method)})";

    private static string Property(PropertyInfo property)
    {
        MethodInfo any = property.GetAccessors(nonPublic: true).First(IsVisible);
        string accessors = property.GetMethod is { } get && IsVisible(get) ? "get; " : "";
        if (property.SetMethod is { } set && IsVisible(set))
        {
            accessors += set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init; " : "set; ";
        }

        string required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
        string index = string.Join(", ", property.GetIndexParameters().Select(parameter => NameOf(parameter.ParameterType)));
        return $"{Access(any)}{required}{NameOf(property.PropertyType)} {property.Name}{(index.Length == 0 ? "" : $"[{index}]")} {{ {accessors}}}";
    }

    private static string Field(FieldInfo field) => field.IsLiteral
        ? string.Create(CultureInfo.InvariantCulture, $"const {NameOf(field.FieldType)} {field.Name} = {field.GetRawConstantValue()}")
        : $"{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{NameOf(field.FieldType)} {field.Name}";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
    {
        string direction = parameter.IsOut ? "out " : parameter.IsIn ? "in " : parameter.ParameterType.IsByRef ? "ref " : "";
        string many = parameter.IsDefined(typeof(ParamArrayAttribute)) || IsParamsSpan(parameter) ? "params " : "";
        string fallback = parameter.HasDefaultValue
            ? string.Create(CultureInfo.InvariantCulture, $" = {parameter.RawDefaultValue ?? "default"}")
            : "";
        return $"{direction}{many}{NameOf(parameter.ParameterType)} {parameter.Name}{fallback}";
    }));

    // By its name: the compiler writes the attribute into an assembly for a .NET that has none.
    private static bool IsParamsSpan(ParameterInfo parameter) =>
        parameter.CustomAttributes.Any(attribute => attribute.AttributeType.FullName == typeof(ParamCollectionAttribute).FullName);

    private static string Access(MethodBase method)
    {
        bool inherited = method is MethodInfo { IsVirtual: true } info && info.GetBaseDefinition() != info;
        string access = method.IsFamily || method.IsFamilyOrAssembly ? "protected " : "";
        string binding = method switch
        {
            { IsStatic: true } => "static ",
            _ when inherited => "override ",
            { IsAbstract: true, DeclaringType.IsInterface: false } => "abstract ",
            { IsVirtual: true, IsFinal: false, DeclaringType.IsInterface: false } => "virtual ",
            _ => "",
        };
        return access + binding;
    }

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsOperator(MethodInfo method) => method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static string Constraints(Type type) => string.Concat(
        from argument in type.GetGenericArguments()
        let constraints = argument.GetGenericParameterConstraints()
        where constraints.Length > 0
        select $" where {argument.Name} : {string.Join(", ", constraints.Select(NameOf))}");

    private static string NameOf(Type type)
    {
        if (type.IsByRef || type.IsPointer || type.IsArray)
        {
            string suffix = type.IsPointer ? "*" : type.IsArray ? $"[{new string(',', type.GetArrayRank() - 1)}]" : "";
            return NameOf(type.GetElementType()!) + suffix;
        }

        if (Nullable.GetUnderlyingType(type) is { } value)
        {
            return NameOf(value) + "?";
        }

        string outer = type.IsNested && !type.IsGenericParameter ? NameOf(type.DeclaringType!) + "." : "";
        return outer + type.Name.Split('`')[0] + TypeArguments(type.GetGenericArguments());
    }

    private static string TypeArguments(Type[] arguments) =>
        arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(NameOf))}>";
}
