using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>
/// An activation in Keras's words: elementwise, with a factor behind it, softmax or its logarithm, or a value times functions
/// of itself.
/// </summary>
/// <param name="Function">The elementwise function; identity for softmax.</param>
/// <param name="IsSoftmax">Whether softmax follows.</param>
/// <param name="Factor">What the result is multiplied by.</param>
/// <param name="Gate">The functions, one after the other, of which the value is multiplied by the result; null for none.</param>
/// <param name="IsGelu">Whether the value is multiplied by half of 1 and the error function of it.</param>
/// <param name="IsLog">Whether it is the logarithm of the softmax.</param>
internal readonly record struct KerasActivation(
    Activation Function, bool IsSoftmax = false, float Factor = 1, IReadOnlyList<Activation>? Gate = null, bool IsGelu = false,
    bool IsLog = false)
{
    /// <summary>The names that are known, in the order in which a refusal lists them.</summary>
    private const string Known =
        "linear, tanh, sigmoid, hard_sigmoid, relu, relu6, leaky_relu, elu, celu, selu, gelu, softplus, softsign, "
        + "hard_tanh, silu, hard_silu, mish, softmax or log_softmax";

    // Klambauer et al. 2017, and what every implementation uses.
    private const float SeluAlpha = 1.6732632423543772f;
    private const float SeluFactor = 1.0507009873554805f;

    // Keras gives the activation 'leaky_relu' another slope than the layer LeakyReLU, which has 0.3.
    private const float LeakySlope = 0.2f;

    /// <summary>The activation of a name.</summary>
    /// <param name="name">Its name in Keras.</param>
    /// <param name="owner">The layer, for messages.</param>
    /// <param name="version">Who wrote it: <c>hard_sigmoid</c> changed.</param>
    /// <param name="notes">Where to say what was assumed.</param>
    public static KerasActivation Of(string name, string owner, KerasVersion version, LayerListBuilder notes) =>
        name switch
        {
            "linear" => new(Activation.Identity),
            "tanh" => new(Activation.Tanh),
            "sigmoid" => new(Activation.Sigmoid),
            "hard_sigmoid" => new(HardSigmoid(owner, version, notes)),
            "relu" => new(Activation.Relu),
            "relu6" => new(Activation.Clip(0, 6)),
            "silu" or "swish" => Gated(Activation.Sigmoid),
            "hard_silu" or "hard_swish" => Gated(Activation.HardSigmoid(1f / 6)),
            "mish" => Gated(Activation.Softplus, Activation.Tanh),
            // Keras writes the name alone, so it is the exact function: the one by tanh takes a function of the user's own.
            "gelu" => new(Activation.Identity, IsGelu: true),
            "hard_tanh" => new(Activation.Clip(-1, 1)),
            "leaky_relu" => new(Activation.LeakyRelu(LeakySlope)),
            "elu" or "celu" => new(Activation.Elu()),
            "selu" => new(Activation.Elu(SeluAlpha), Factor: SeluFactor),
            "softplus" => new(Activation.Softplus),
            "softsign" => new(Activation.Softsign),
            "softmax" => new(Activation.Identity, IsSoftmax: true),
            "log_softmax" => new(Activation.Identity, IsSoftmax: true, IsLog: true),
            _ => throw new ModelFormatException(
                $"layer '{owner}': the activation '{name}' is not supported; expected {Known}."),
        };

    /// <summary>The activation as a cell can have it.</summary>
    public Activation RequireElementwise(string owner, string role) => !IsSoftmax && Factor == 1 && Gate is null && !IsGelu
        ? Function
        : throw new ModelFormatException(
            $"layer '{owner}': the {role} {(IsSoftmax ? "softmax" : Factor != 1 ? "selu" : "that is a product (silu, hard_silu, mish, gelu)")} "
            + "is not supported inside a cell, which takes a plain elementwise function.");

    /// <summary>Whether a function is a value times functions of itself, which takes a graph.</summary>
    public static bool IsGated(string name) => name is "silu" or "swish" or "hard_silu" or "hard_swish" or "mish" or "gelu";

    /// <summary>Adds what a dense layer cannot do itself, or everything if there is no layer to take the function.</summary>
    /// <param name="layers">The model in the making; it knows its size.</param>
    /// <param name="name">The layer's name.</param>
    /// <param name="isFunctionDone">Whether the layer before computes <see cref="Function"/>.</param>
    public void AddTo(LayerListBuilder layers, string name, bool isFunctionDone)
    {
        int size = layers.RequireSize(name);
        if (!isFunctionDone && Function != Activation.Identity)
        {
            layers.Add(name, new ActivationLayer(size, Function));
        }

        if (Gate is not null)
        {
            int value = layers.Value;
            foreach (Activation function in Gate)
            {
                layers.Add(name, new ActivationLayer(size, function));
            }

            layers.Join(name, new ProductLayer(size), [value, layers.Value]);
        }

        if (IsGelu)
        {
            layers.Note(ImportNoteKind.Assumed, name, ErrorFunction.Note);
            ErrorFunction.Gelu(new KerasChain(layers, name, layers.Value));
        }

        if (IsSoftmax)
        {
            layers.Add(name, IsLog ? new LogSoftmaxLayer(size) : new SoftmaxLayer(size));
        }

        layers.AddFactor(name, Factor);
    }

    private static KerasActivation Gated(params IReadOnlyList<Activation> gate) => new(Activation.Identity, Gate: gate);

    private static Activation HardSigmoid(string owner, KerasVersion version, LayerListBuilder notes)
    {
        bool isNew = version.Major >= 3;
        if (!version.IsKnown)
        {
            notes.Note(
                ImportNoteKind.Assumed,
                owner,
                $"hard_sigmoid is that of Keras {version.Major}, {(isNew ? "x / 6 + 0.5" : "0.2 x + 0.5")}; "
                + $"{nameof(ImportOptions)}.{nameof(ImportOptions.KerasVersion)} says otherwise.");
        }

        return isNew ? Activation.HardSigmoid(1f / 6) : Activation.HardSigmoid();
    }
}
