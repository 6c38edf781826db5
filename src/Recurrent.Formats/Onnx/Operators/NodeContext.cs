namespace Recurrent.Formats.Onnx;

/// <summary>A node with the values of its inputs: what an operator works on.</summary>
internal sealed class NodeContext(GraphNode node, IReadOnlyList<Value?> inputs, Interpreter interpreter)
{
    // A number of a shape in a list that grows, with its axes.
    private const long ExtentBytes = 128;

    public GraphNode Node => node;

    public string Name => node.Name;

    public Interpreter Interpreter => interpreter;

    public int InputCount => inputs.Count;

    /// <summary>The same node with another value in the place of its first.</summary>
    public NodeContext WithFirst(Value value) => new(node, [value, .. inputs.Skip(1)], interpreter);

    /// <summary>Whether of an input nothing but the shape is known.</summary>
    public bool HasShapes => inputs.Any(input => input is ShapedValue);

    /// <summary>An input; null if it is left out.</summary>
    public Value? Optional(int index) => index < inputs.Count ? inputs[index] : null;

    public Value Required(int index) =>
        Optional(index) ?? throw Refuse(
            $"expected at least {index + 1} inputs, found {inputs.Count(input => input is not null)}");

    /// <summary>An input that must not depend on what the model is given.</summary>
    public ConstantValue Constant(int index, string what) =>
        Required(index) as ConstantValue
            ?? throw Refuse($"{what} must be a constant, found {Required(index)}");

    /// <summary>
    /// The numbers of an attribute, or of an input that newer versions have in its place; null if there are none.
    /// </summary>
    public IReadOnlyList<long>? Numbers(string attribute, int input)
    {
        if (node.Integers(attribute) is { } numbers)
        {
            return numbers;
        }

        if (Optional(input) is null)
        {
            return null;
        }

        ConstantValue constant = Constant(input, attribute);
        if (constant.IsSpread || constant.Tensor.IsFloating || constant.Rank > 1)
        {
            throw Refuse($"{attribute}: expected a list of integers, found {constant}");
        }

        Take(constant.Tensor.ElementCount, areFloating: false);
        return constant.Integers().ToArray();
    }

    /// <summary>An axis, counted from the end if it is negative.</summary>
    public int Axis(long axis, int rank)
    {
        long counted = axis < 0 ? axis + rank : axis;
        return counted >= 0 && counted < rank
            ? (int)counted
            : throw Refuse($"expected an axis of {rank}, found {axis}");
    }

    /// <summary>Asks for elements of constants before they are made.</summary>
    public void Take(long elements, bool areFloating)
    {
        if (!interpreter.TryTake(elements, areFloating))
        {
            throw Refuse($"computing {elements} more elements of constants is too much for a file of this size");
        }
    }

    /// <summary>Asks for numbers of shapes before they are made.</summary>
    public void TakeShape(long count)
    {
        if (!interpreter.TryTake(count * ExtentBytes))
        {
            throw Refuse($"computing with {count} more numbers of shapes is too much for a file of this size");
        }
    }

    public ModelFormatException Refuse(string reason) => node.Refuse(reason);

    /// <summary>The refusal of an input that this operator has no meaning for in a recurrent model.</summary>
    public ModelFormatException RefuseInput(Value value, string expected) => Refuse($"expected {expected}, found {value}");
}
