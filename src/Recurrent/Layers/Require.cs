using System.Numerics;

namespace Recurrent.Layers;

/// <summary>Argument checks whose messages name the argument, what was expected and what was found.</summary>
internal static class Require
{
    public static int Size(int value, string argument) =>
        value is >= 1 and <= LayerSpecification.MaxSize
            ? value
            : throw new ArgumentOutOfRangeException(
                argument, value, $"{argument}: expected a size from 1 to {LayerSpecification.MaxSize}, found {value}.");

    public static TEnum Defined<TEnum>(TEnum value, string argument)
        where TEnum : struct, Enum =>
        Enum.IsDefined(value)
            ? value
            : throw new ArgumentOutOfRangeException(
                argument,
                value,
                $"{argument}: expected one of {string.Join(", ", Enum.GetNames<TEnum>())}, found {value}.");

    public static Activation Usable(Activation activation, string argument)
    {
        Defined(activation.Kind, argument);
        if (!float.IsFinite(activation.Alpha) || !float.IsFinite(activation.Beta))
        {
            throw new ArgumentOutOfRangeException(
                argument,
                $"{argument}: expected finite alpha and beta, found {activation.Alpha} and {activation.Beta}.");
        }

        return activation.Kind != ActivationKind.Clip || activation.Alpha <= activation.Beta
            ? activation
            : throw new ArgumentOutOfRangeException(
                argument,
                $"{argument}: expected a clip with alpha not above beta, found {activation.Alpha} and {activation.Beta}.");
    }

    public static void Shape(int found, long rows, long columns, string shape, string argument)
    {
        long expected = Elements(rows, columns, shape, argument);
        if (found != expected)
        {
            throw new ArgumentException(
                $"{argument}: expected {shape} = [{rows}, {columns}] ({expected} elements), found {found} elements.",
                argument);
        }
    }

    public static void Shape(int found, long elements, string shape, string argument)
    {
        if (found != elements)
        {
            throw new ArgumentException(
                $"{argument}: expected {shape} = [{elements}], found {found} elements.", argument);
        }
    }

    public static void OptionalShape(int found, long elements, string shape, string argument)
    {
        if (found != 0)
        {
            Shape(found, elements, shape, argument);
        }
    }

    public static void Absent(int found, string reason, string argument)
    {
        if (found != 0)
        {
            throw new ArgumentException(
                $"{argument}: expected nothing, because {reason}; found {found} elements.", argument);
        }
    }

    /// <summary>Elements of a matrix, refused if no array could hold them.</summary>
    public static int Elements(long rows, long columns, string shape, string argument)
    {
        // Both factors are at most 4 * 2^20 or an int, so the product is far from overflowing 64 bits.
        long elements = rows * columns;
        return elements <= Array.MaxLength
            ? (int)elements
            : throw new ArgumentException(
                $"{argument}: expected at most {Array.MaxLength} elements, which is what an array holds; "
                + $"found {shape} = [{rows}, {columns}], {elements} elements.",
                argument);
    }

    public static TNumber Within<TNumber>(TNumber value, TNumber minimum, TNumber maximum, string argument)
        where TNumber : INumber<TNumber> =>
        value >= minimum && value <= maximum
            ? value
            : throw new ArgumentOutOfRangeException(
                argument, value, $"{argument}: expected {minimum} to {maximum}, found {value}.");
}
