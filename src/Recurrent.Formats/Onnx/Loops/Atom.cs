using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>
/// A number of each feature of a row that a body computes and that is not taken apart: a state, the step's input, a
/// mask, a product with a matrix, a function of a sum.
/// </summary>
/// <param name="name">The node that computes it, for messages.</param>
/// <param name="size">Features.</param>
internal abstract class Atom(string name, int size)
{
    public string Name => name;

    public int Size => size;

    /// <summary>Whether its square is itself.</summary>
    public virtual bool IsMask => false;

    /// <summary>Some of the features; null if that is nothing that a cell has.</summary>
    public abstract Atom? Slice(BodyAlgebra algebra, int first, int count);

    public override string ToString() => $"'{name}'";
}

/// <summary>A state as it was before the step.</summary>
/// <param name="index">Which of the carried values it is.</param>
/// <param name="name">Its name in the body.</param>
/// <param name="size">Features.</param>
internal sealed class StateAtom(int index, string name, int size) : Atom(name, size)
{
    public int Index => index;

    public override Atom? Slice(BodyAlgebra algebra, int first, int count) => count == Size ? this : null;
}

/// <summary>What a sequence has at the step.</summary>
/// <param name="sequence">The sequence.</param>
/// <param name="name">The node that takes the step.</param>
/// <param name="size">Features.</param>
internal sealed class InputAtom(FlowValue sequence, string name, int size) : Atom(name, size)
{
    public FlowValue Sequence => sequence;

    public override Atom? Slice(BodyAlgebra algebra, int first, int count) => count == Size ? this : null;
}

/// <summary>1 where the step is there, 0 where it is missing.</summary>
/// <param name="mask">Which steps are there.</param>
/// <param name="name">The node that takes the step.</param>
internal sealed class MaskAtom(StepMaskNode mask, string name) : Atom(name, 1)
{
    public StepMaskNode Mask => mask;

    public override bool IsMask => true;

    public override Atom? Slice(BodyAlgebra algebra, int first, int count) => this;
}

/// <summary>Some columns of the product of a sum and a matrix.</summary>
/// <param name="source">The sum.</param>
/// <param name="matrix">The matrix, <c>[inputs, outputs]</c>, or the other way round.</param>
/// <param name="isTransposed">Whether it is the other way round.</param>
/// <param name="first">The first column.</param>
/// <param name="count">Columns.</param>
/// <param name="name">The node that multiplies.</param>
internal sealed class ProductAtom(
    Polynomial source, ConstantValue matrix, bool isTransposed, int first, int count, string name)
    : Atom(name, count)
{
    public Polynomial Source => source;

    public override Atom? Slice(BodyAlgebra algebra, int from, int columns) =>
        new ProductAtom(source, matrix, isTransposed, first + from, columns, Name);

    /// <summary>Writes the columns as the rows of a cell's gate, each times a factor.</summary>
    public void Write(Span<float> rows, float[] factors)
    {
        ReadOnlySpan<float> values = matrix.Singles().Span;
        int inputs = source.Size;
        int columns = matrix.Dimensions[isTransposed ? 0 : 1];
        for (int column = 0; column < Size; column++)
        {
            float factor = factors[factors.Length == 1 ? 0 : column];
            for (int input = 0; input < inputs; input++)
            {
                float value = isTransposed
                    ? values[((first + column) * inputs) + input]
                    : values[(input * columns) + first + column];
                rows[(column * inputs) + input] = factor == 1 ? value : value * factor;
            }
        }
    }
}

/// <summary>A function of a sum.</summary>
/// <param name="activation">The function.</param>
/// <param name="argument">The sum.</param>
/// <param name="name">The node.</param>
internal sealed class FunctionAtom(Activation activation, Polynomial argument, string name) : Atom(name, argument.Size)
{
    public Activation Activation => activation;

    public Polynomial Argument => argument;

    /// <summary>Functions inside of each other, this one among them.</summary>
    public int Depth { get; } = 1 + argument.Atoms.OfType<FunctionAtom>().Select(inner => inner.Depth).DefaultIfEmpty(0).Max();

    public override Atom? Slice(BodyAlgebra algebra, int first, int count) =>
        algebra.Slice(argument, first, count) is { } part ? new FunctionAtom(activation, part, Name) : null;
}
