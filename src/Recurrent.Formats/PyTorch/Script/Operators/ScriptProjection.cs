using Recurrent.Formats.Onnx;
using Recurrent.Layers;

namespace Recurrent.Formats.PyTorch.Script;

/// <summary>An LSTM whose hidden state is projected (<c>proj_size</c>), which no operator of a graph is.</summary>
internal static class ScriptProjection
{
    private const int Gates = 4;

    /// <summary>A layer.</summary>
    /// <param name="arguments">The call.</param>
    /// <param name="steps">What it reads, steps first.</param>
    /// <param name="states">Its hidden and cell states.</param>
    /// <param name="parameters">Of each direction the weights, the biases if there are any, and the projection.</param>
    /// <param name="directions">One or two.</param>
    /// <param name="hasBias">Whether there are biases.</param>
    /// <param name="lengths">The lengths of rows; null if all are as long as the sequence.</param>
    public static IReadOnlyList<Value?> Layer(
        ScriptArguments arguments,
        Value steps,
        Value?[] states,
        ConstantValue[] parameters,
        int directions,
        bool hasBias,
        Value? lengths)
    {
        int each = hasBias ? 5 : 3;
        int rows = Length(parameters[0], 0);
        int input = Length(parameters[0], 1);
        int projection = Length(parameters[each - 1], 0);
        int hidden = rows / Gates;
        int[][] shapes = [[rows, input], [rows, projection], .. hasBias ? [[rows], [rows]] : Array.Empty<int[]>(), [projection, hidden]];
        for (int i = 0; i < parameters.Length; i++)
        {
            bool fits = rows > 0 && rows % Gates == 0 && parameters[i] is { IsSpread: false, Tensor.IsFloating: true }
                && parameters[i].Dimensions.SequenceEqual(shapes[i % each]);
            if (!fits)
            {
                throw arguments.Refuse(
                    $"parameter {i}: expected the shape [{string.Join(", ", shapes[i % each])}] of an LSTM with a projection, found {parameters[i]}");
            }
        }

        LstmSpecification specification = new()
        {
            InputSize = input,
            HiddenSize = hidden,
            ProjectionSize = projection,
            Direction = directions == 2 ? Direction.Bidirectional : Direction.Forward,
        };
        arguments.Script.Sizes.Fit(steps, input);
        arguments.Script.Graph.Require(each * directions);
        Value?[] inputs = [.. arguments.Script.States.Steps("LSTM", [steps, null, null, null, lengths, .. states])];
        IReadOnlyList<Value?> made = RecurrentOperators.Apply(
            arguments.Context("LSTM", inputs),
            specification,
            () => [.. Enumerable.Range(0, directions).Select(direction => Weights(parameters.AsSpan(direction * each, each)))],
            batchFirst: false);
        if (((FlowValue)made[0]!).Rows is [{ Node: var node }, ..])
        {
            arguments.Script.States.Add(node);
        }

        return made;
    }

    private static CellWeights Weights(ReadOnlySpan<ConstantValue> own) => CellWeights.Wrap(
        own[0].Singles(),
        own[1].Singles(),
        own.Length == 5 ? own[2].Singles() : default,
        own.Length == 5 ? own[3].Singles() : default,
        projection: own[^1].Singles());

    private static int Length(ConstantValue value, int dimension) => dimension < value.Rank ? value.Dimensions[dimension] : 0;
}
