using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>The sum inside of a gate: a product with the step's input, one with the state, and a bias.</summary>
/// <param name="Input">The product with the input.</param>
/// <param name="InputFactors">A factor of each unit of it.</param>
/// <param name="State">The product with the state.</param>
/// <param name="StateFactors">A factor of each unit of it.</param>
/// <param name="Bias">The bias; null for none.</param>
internal sealed record GateSum(ProductAtom Input, float[] InputFactors, ProductAtom State, float[] StateFactors, float[]? Bias)
{
    /// <summary>The sum of a gate; null if it is another one.</summary>
    /// <param name="sum">What a function is of.</param>
    /// <param name="input">The step's input.</param>
    /// <param name="isState">Whether a product is with the state.</param>
    public static GateSum? Find(Polynomial sum, out InputAtom? input, Func<ProductAtom, bool> isState)
    {
        input = null;
        (ProductAtom Atom, float[] Factors)? ofInput = null;
        (ProductAtom Atom, float[] Factors)? ofState = null;
        float[]? bias = null;
        foreach (Monomial term in sum.Terms)
        {
            switch (term.Factors)
            {
                case []:
                    bias = term.Coefficients;
                    break;
                case [ProductAtom { Source.Single: InputAtom step } product] when ofInput is null:
                    input = step;
                    ofInput = (product, term.Coefficients);
                    break;
                case [ProductAtom product] when ofState is null && isState(product):
                    ofState = (product, term.Coefficients);
                    break;
                default:
                    return null;
            }
        }

        return ofInput is { } first && ofState is { } second
            ? new GateSum(first.Atom, first.Factors, second.Atom, second.Factors, bias)
            : null;
    }
}

/// <summary>Writes the sums of gates as a cell's weights.</summary>
/// <param name="context">The loop.</param>
/// <param name="inputSize">Features of a step.</param>
/// <param name="units">Units.</param>
internal sealed class CellWeightsReader(NodeContext context, int inputSize, int units)
{
    /// <summary>The weights.</summary>
    /// <param name="gates">The sums, in the library's order.</param>
    /// <param name="stateBias">The bias of the last gate that a reset gate multiplies; null for none.</param>
    public CellWeights Read(IReadOnlyList<GateSum> gates, float[]? stateBias = null)
    {
        long rows = (long)gates.Count * units;
        context.Take(rows * (inputSize + units + 2L), areFloating: true);
        float[] inputs = new float[rows * inputSize];
        float[] states = new float[rows * units];
        float[] bias = new float[gates.Any(gate => gate.Bias is not null) || stateBias is not null ? rows : 0];
        float[] recurrentBias = new float[stateBias is null ? 0 : rows];
        for (int i = 0; i < gates.Count; i++)
        {
            GateSum gate = gates[i];
            gate.Input.Write(inputs.AsSpan(i * units * inputSize, units * inputSize), gate.InputFactors);
            gate.State.Write(states.AsSpan(i * units * units, units * units), gate.StateFactors);
            Fill(bias, i, gate.Bias);
        }

        Fill(recurrentBias, gates.Count - 1, stateBias);
        return CellWeights.Wrap(inputs, states, bias, recurrentBias);
    }

    private void Fill(float[] bias, int gate, float[]? values)
    {
        for (int i = 0; values is not null && i < units; i++)
        {
            bias[(gate * units) + i] = values[values.Length == 1 ? 0 : i];
        }
    }
}
