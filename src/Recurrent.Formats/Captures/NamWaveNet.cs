using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Captures;

/// <summary>
/// The convolutional network of a <c>.nam</c> file: stacks of layers. A layer of a stack makes
/// <c>z = f(V * h + U x)</c> of what the one before it hands on (<c>h</c>) and of the network's input (<c>x</c>), and hands on
/// <c>h + W z</c>; where it is gated, <c>z</c> is <c>f</c> of the first half times the sigmoid of the second. The sum of all
/// <c>z</c> of a stack, and of what the stack before has put out, goes through the head of the stack.
/// </summary>
/// <remarks>
/// The weights: of each stack the matrix that makes its channels of its input; of each layer the kernel
/// <c>[out, in, step]</c>, the oldest step first, and the bias, <c>U</c>, <c>W</c> and its bias; the head; at the end of
/// all the factor of the output. Before the first sample there was silence: the convolutions begin with what it leaves.
/// <para>
/// Here the input stands beside the channels, and <c>U</c> is a part of the newest step of the kernel: a layer is a convolution
/// with its activation.
/// </para>
/// </remarks>
internal static class NamWaveNet
{
    private static readonly string[] Known = ["layers", "head", "head_scale"];

    public static ImportedModel Read(JsonValue config, JsonTensor weights, LayerListBuilder layers)
    {
        NamCapture.RequireKnown(config, Known);
        if (config.Find("head") is not null)
        {
            throw new ModelFormatException($"'{config.Path}': a WaveNet with a 'head' behind its stacks is not supported.");
        }

        NamStack[] stacks = [.. config["layers"].Items().Select(NamStack.Read)];
        RequireFit(stacks, config["layers"]);
        NamCapture.RequireCount(weights, 1 + stacks.Aggregate((Int128)0, (sum, stack) => sum + stack.Count));

        int input = stacks[0].InputSize;
        layers.DeclareInputs([ModelInput.Sequence("x", input)]);
        JsonNumbers numbers = weights.Open();
        var silence = new double[input];
        int head = -1;
        for (int i = 0; i < stacks.Length; i++)
        {
            new NamStackReader(stacks[i], i, input, isLast: i == stacks.Length - 1, layers)
                .Read(ref numbers, ref silence, ref head);
        }

        layers.MoveTo(head);
        layers.AddFactor("head_scale", NamCapture.Take(ref numbers, 1)[0]);
        return layers.BuildGraph(
            "NAM capture", [new NamedOutput("y", layers.Value)], null, SequenceLayout.BatchMajor);
    }

    private static void RequireFit(NamStack[] stacks, JsonValue place)
    {
        if (stacks.Length == 0)
        {
            throw place.Unexpected("at least one stack of layers");
        }

        for (int i = 0; i < stacks.Length; i++)
        {
            NamStack stack = stacks[i];
            if (stack.ConditionSize != stacks[0].InputSize)
            {
                throw new ModelFormatException(
                    $"'{place.Path}[{i}]': expected the condition_size {stacks[0].InputSize}, that of the input, found "
                    + $"{stack.ConditionSize}.");
            }

            if (i > 0 && (stack.InputSize != stacks[i - 1].Channels || stack.Channels != stacks[i - 1].HeadSize))
            {
                throw new ModelFormatException(
                    $"'{place.Path}[{i}]': expected the input_size {stacks[i - 1].Channels} and {stacks[i - 1].HeadSize} channels, as "
                    + $"the stack before has channels and head_size; found {stack.InputSize} and {stack.Channels}.");
            }
        }
    }
}
