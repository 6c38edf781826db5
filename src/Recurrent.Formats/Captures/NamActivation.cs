using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Captures;

/// <summary>An activation of a <c>.nam</c> file.</summary>
internal static class NamActivation
{
    // What PyTorch has if nobody says another.
    private const float LeakySlope = 0.01f;

    public static Activation Read(JsonValue name)
    {
        string text = name.IsText ? name.Text() : throw name.Unexpected("the name of an activation");
        return text switch
        {
            "Tanh" => Activation.Tanh,
            "ReLU" => Activation.Relu,
            "LeakyReLU" => Activation.LeakyRelu(LeakySlope),
            "Sigmoid" => Activation.Sigmoid,
            "Hardtanh" => Activation.Clip(-1, 1),
            _ => throw new ModelFormatException(
                $"'{name.Path}': the activation '{text}' is not supported; expected Tanh, ReLU, LeakyReLU, Sigmoid or Hardtanh."),
        };
    }

    /// <summary>What it makes of a number, to know what silence becomes.</summary>
    public static double Apply(Activation activation, double value) => activation.Kind switch
    {
        ActivationKind.Tanh => Math.Tanh(value),
        ActivationKind.Relu => Math.Max(0, value),
        ActivationKind.LeakyRelu => value < 0 ? activation.Alpha * value : value,
        ActivationKind.Sigmoid => 1 / (1 + Math.Exp(-value)),
        ActivationKind.Clip => Math.Clamp(value, activation.Alpha, activation.Beta),
        _ => value,
    };
}
