using Recurrent.Formats.Tensors;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch;

/// <summary>Parameters of modules: their shapes are checked before anything is read.</summary>
internal static class ModuleParameters
{
    /// <summary>Rows and columns of a matrix.</summary>
    /// <param name="tensor">The tensor.</param>
    /// <param name="gateCount">Gates whose rows it has below each other.</param>
    public static (int Rows, int Columns) MatrixSizes(Tensor tensor, int gateCount = 1)
    {
        long maxRows = (long)gateCount * LayerSpecification.MaxSize;
        return tensor.Shape is [>= 1 and long rows, >= 1 and <= LayerSpecification.MaxSize and long columns]
            && rows <= maxRows
                ? ((int)rows, (int)columns)
                : throw WrongShape(tensor, $"[1 to {maxRows}, 1 to {LayerSpecification.MaxSize}]");
    }

    public static float[] ReadOptional(ITensorSource source, string name, params ReadOnlySpan<long> shape) =>
        source.Has(name) ? Read(source, name, shape) : [];

    public static float[] Read(ITensorSource source, string name, params ReadOnlySpan<long> shape)
    {
        Tensor tensor = source.Require(name);
        return shape.SequenceEqual([.. tensor.Shape])
            ? tensor.ToSingles()
            : throw WrongShape(tensor, $"[{string.Join(", ", shape.ToArray())}]");
    }

    public static ModelFormatException WrongShape(Tensor tensor, string expected) =>
        new($"tensor '{tensor.Name}': expected shape {expected}, found [{string.Join(", ", tensor.Shape)}].");
}
