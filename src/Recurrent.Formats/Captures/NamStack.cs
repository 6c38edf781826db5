using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Captures;

/// <summary>A stack of layers of a WaveNet, as the configuration says it.</summary>
/// <param name="InputSize">Features of what it takes: the input of the network, or the channels of the stack before.</param>
/// <param name="ConditionSize">Features of the network's input, which every layer takes too.</param>
/// <param name="HeadSize">Features of what it adds to the next stack, or outputs.</param>
/// <param name="Channels">Features between its layers.</param>
/// <param name="KernelSize">Steps that a layer looks at.</param>
/// <param name="Dilations">Of each layer, the samples from one of these steps to the next.</param>
/// <param name="Activation">What is applied.</param>
/// <param name="IsGated">Whether a second half of the channels is a gate.</param>
/// <param name="HasHeadBias">Whether its head has a bias.</param>
internal sealed record NamStack(
    int InputSize,
    int ConditionSize,
    int HeadSize,
    int Channels,
    int KernelSize,
    IReadOnlyList<int> Dilations,
    Activation Activation,
    bool IsGated,
    bool HasHeadBias)
{
    private static readonly string[] Known =
    [
        "input_size", "condition_size", "head_size", "channels", "kernel_size", "dilations", "activation", "gated", "head_bias",
    ];

    /// <summary>Channels that a convolution makes.</summary>
    public int InnerSize => IsGated ? 2 * Channels : Channels;

    /// <summary>Weights of the stack.</summary>
    public Int128 Count
    {
        get
        {
            Int128 convolution = (Int128)InnerSize * ((Channels * (Int128)KernelSize) + 1);
            Int128 layer = convolution + ((Int128)InnerSize * ConditionSize) + (Channels * ((Int128)Channels + 1));
            return (Channels * (Int128)InputSize) + (Dilations.Count * layer) + (HeadSize * ((Int128)Channels + (HasHeadBias ? 1 : 0)));
        }
    }

    public static NamStack Read(JsonValue config)
    {
        NamCapture.RequireKnown(config, Known);
        var stack = new NamStack(
            config["input_size"].Size(),
            config["condition_size"].Size(),
            config["head_size"].Size(),
            config["channels"].Size(),
            config["kernel_size"].Integer(1, WindowSpecification.MaxReach),
            [.. config["dilations"].Items().Select(dilation => dilation.Integer(1, WindowSpecification.MaxReach))],
            NamActivation.Read(config["activation"]),
            config["gated"].Flag(),
            config["head_bias"].Flag());
        return stack.Dilations.Count > 0
            ? stack
            : throw config["dilations"].Unexpected("at least one dilation");
    }
}
