using Recurrent.Layers;

namespace Recurrent.Formats.Onnx;

/// <summary>Activations as nodes of their own, and as attributes of recurrent nodes.</summary>
internal static class ActivationNodes
{
    /// <summary>
    /// The name of the function in the attribute <c>activations</c>; identity is an affine function there.
    /// </summary>
    public static string NameOf(Activation activation) =>
        activation.Kind == ActivationKind.Identity ? nameof(ActivationKind.Affine) : activation.Kind.ToString();

    /// <summary>
    /// The values of <c>activation_alpha</c> for some functions: one for each that takes one. All are given, because
    /// those that are left out are not the same everywhere.
    /// </summary>
    public static IEnumerable<float> Alphas(IEnumerable<Activation> activations) =>
        from activation in activations
        where activation.Kind is ActivationKind.Identity or ActivationKind.LeakyRelu or ActivationKind.ThresholdedRelu
            or ActivationKind.Elu || TakesBeta(activation)
        select activation.Kind == ActivationKind.Identity ? 1 : activation.Alpha;

    /// <summary>The values of <c>activation_beta</c>, likewise.</summary>
    public static IEnumerable<float> Betas(IEnumerable<Activation> activations) =>
        from activation in activations
        where activation.Kind == ActivationKind.Identity || TakesBeta(activation)
        select activation.Kind == ActivationKind.Identity ? 0 : activation.Beta;

    public static string Write(GraphBuilder graph, string name, Activation activation, string input) =>
        activation.Kind switch
        {
            ActivationKind.Identity => input,
            ActivationKind.Affine => Affine(graph, name, activation.Alpha, activation.Beta, input),
            ActivationKind.ScaledTanh => ScaledTanh(graph, name, activation, input),
            ActivationKind.HardSigmoid => graph.Node(
                name, "HardSigmoid", [input],
                GraphBuilder.Attribute("alpha", activation.Alpha), GraphBuilder.Attribute("beta", activation.Beta)),
            ActivationKind.LeakyRelu or ActivationKind.ThresholdedRelu or ActivationKind.Elu => graph.Node(
                name, activation.Kind.ToString(), [input], GraphBuilder.Attribute("alpha", activation.Alpha)),
            ActivationKind.Clip => graph.Node(
                name,
                "Clip",
                [
                    input,
                    graph.Constant($"{name}_least", activation.Alpha),
                    graph.Constant($"{name}_largest", activation.Beta),
                ]),
            _ => graph.Node(name, activation.Kind.ToString(), [input]),
        };

    private static bool TakesBeta(Activation activation) =>
        activation.Kind is ActivationKind.Affine or ActivationKind.ScaledTanh or ActivationKind.HardSigmoid;

    private static string ScaledTanh(GraphBuilder graph, string name, Activation activation, string input)
    {
        string inside = graph.Node(
            $"{name}_inside", "Mul", [input, graph.Constant($"{name}_beta", activation.Beta)]);
        string tanh = graph.Node($"{name}_tanh", "Tanh", [inside]);
        return graph.Node(name, "Mul", [tanh, graph.Constant($"{name}_alpha", activation.Alpha)]);
    }

    private static string Affine(GraphBuilder graph, string name, float alpha, float beta, string input)
    {
        string product = graph.Node($"{name}_product", "Mul", [input, graph.Constant($"{name}_alpha", alpha)]);
        return graph.Node(name, "Add", [product, graph.Constant($"{name}_beta", beta)]);
    }
}
