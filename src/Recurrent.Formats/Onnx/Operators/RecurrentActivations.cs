using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>The activations of recurrent operators, by name in any case, with their parameters.</summary>
internal static class RecurrentActivations
{
    /// <summary>The activations of each direction.</summary>
    public static CellActivations[] Read(NodeContext context, int directions)
    {
        GraphNode node = context.Node;
        int roles = RecurrentParts.IsLstmOperator(node.Operator) ? 3 : node.Operator == "GRU" ? 2 : 1;
        IReadOnlyList<string> names = node.Texts("activations") ?? [];
        if (names.Count == 0)
        {
            return [.. Enumerable.Repeat(CellActivations.Default, directions)];
        }

        // ONNX says that an RNN of one direction has two by default, and files say so too.
        bool isDefaultOfRnn = node.Operator == "RNN" && directions == 1 && names.Count == 2;
        if (names.Count != roles * directions && !isDefaultOfRnn)
        {
            throw context.Refuse($"activations: expected {roles} for each of {directions} directions, found {names.Count}");
        }

        Parameters alphas = new(node.Singles("activation_alpha") ?? []);
        Parameters betas = new(node.Singles("activation_beta") ?? []);
        CellActivations[] read = new CellActivations[directions];
        for (int i = 0; i < directions; i++)
        {
            Activation[] of = [.. names.Skip(i * roles).Take(roles).Select(name => Create(context, name, alphas, betas))];
            read[i] = roles == 1
                ? CellActivations.Default with { Candidate = of[0] }
                : new CellActivations(of[0], of[1], roles == 3 ? of[2] : Activation.Tanh);
        }

        return read;
    }

    private static Activation Create(NodeContext context, string name, Parameters alphas, Parameters betas)
    {
        Activation activation = name.ToUpperInvariant() switch
        {
            "TANH" => Activation.Tanh,
            "SIGMOID" => Activation.Sigmoid,
            "RELU" => Activation.Relu,
            "SOFTSIGN" => Activation.Softsign,
            "SOFTPLUS" => Activation.Softplus,
            "AFFINE" => Activation.Affine(alphas.Next(Unsaid(1)), betas.Next(0)),
            "SCALEDTANH" => Activation.ScaledTanh(alphas.Next(Unsaid(1)), betas.Next(Unsaid(1))),
            "HARDSIGMOID" => Activation.HardSigmoid(alphas.Next(0.2f), betas.Next(0.5f)),
            "LEAKYRELU" => Activation.LeakyRelu(alphas.Next(0.01f)),
            "THRESHOLDEDRELU" => Activation.ThresholdedRelu(alphas.Next(Unsaid(1))),
            "ELU" => Activation.Elu(alphas.Next(1)),
            _ => throw context.Refuse($"activations: '{name}' is not a function that ONNX knows"),
        };
        return float.IsFinite(activation.Alpha) && float.IsFinite(activation.Beta)
            ? activation
            : throw context.Refuse($"activations: expected finite parameters of '{name}'");

        // The specification has 1 where ONNX Runtime has 0.
        float Unsaid(float specified) =>
            context.Interpreter.Options.OnnxActivationDefaults == OnnxActivationDefaults.OnnxRuntime ? 0 : specified;
    }

    /// <summary>A list from which each function that has such a parameter takes the next one.</summary>
    private sealed class Parameters(IReadOnlyList<float> values)
    {
        private int _taken;

        public float Next(float otherwise) => _taken < values.Count ? values[_taken++] : otherwise;
    }
}
