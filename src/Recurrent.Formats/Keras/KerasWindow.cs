using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>A window of steps as Keras says it, of a convolution or of pooling.</summary>
/// <param name="Size">Steps of a window.</param>
/// <param name="Stride">Steps from one window to the next.</param>
/// <param name="Dilation">Steps from one step of a window to the next.</param>
/// <param name="Padding"><c>valid</c>, <c>same</c> or <c>causal</c>.</param>
internal readonly record struct KerasWindow(int Size, int Stride, int Dilation, string Padding)
{
    private const string Same = "same";
    private const string Causal = "causal";
    private const string Valid = "valid";

    /// <summary>Steps from the oldest step of a window to the newest.</summary>
    public long Reach => (Size - 1L) * Dilation;

    /// <summary>Whether there is no padding.</summary>
    public bool PadsNothing => Padding == Valid;

    /// <summary>Reads the window of a convolution.</summary>
    public static KerasWindow OfConvolution(JsonValue config, string owner) => new(
        One(config["kernel_size"]),
        config.Find("strides") is { } strides ? One(strides) : 1,
        config.Find("dilation_rate") is { } dilation ? One(dilation) : 1,
        ReadPadding(config, owner, [Valid, Same, Causal]));

    /// <summary>Reads the window of pooling, which moves on by its own length if nothing else is said.</summary>
    public static KerasWindow OfPooling(JsonValue config, string owner)
    {
        int size = config.Find("pool_size") is { } said ? One(said) : 2;
        return new KerasWindow(
            size, config.Find("strides") is { } strides ? One(strides) : size, 1, ReadPadding(config, owner, [Valid, Same]));
    }

    /// <summary>Steps of padding before the first step and behind the last one.</summary>
    /// <param name="steps">Steps that there are; null for any number.</param>
    /// <param name="owner">The layer, for messages.</param>
    /// <param name="notes">Where to say what was assumed.</param>
    public (int Before, int After) Pad(int? steps, string owner, LayerListBuilder notes)
    {
        if (Reach > WindowSpecification.MaxReach)
        {
            throw new ModelFormatException(
                $"layer '{owner}': expected windows of at most {WindowSpecification.MaxReach + 1} steps, found {Reach + 1}.");
        }

        int reach = (int)Reach;
        return Padding switch
        {
            Causal => (reach, 0),
            Same => PadSame(reach, steps, owner, notes),
            _ => (0, 0),
        };
    }

    /// <summary>Steps that there are behind the layer; null for any number.</summary>
    /// <param name="steps">Steps that there are; null for any number.</param>
    /// <param name="padding">Steps of padding on both sides.</param>
    /// <param name="owner">The layer, for messages.</param>
    public int? CountSteps(int? steps, int padding, string owner)
    {
        if (steps is not { } count)
        {
            return null;
        }

        long left = count + padding - Reach - 1;
        return left >= 0
            ? (int)(left / Stride) + 1
            : throw new ModelFormatException(
                $"layer '{owner}': a window of {Reach + 1} steps does not fit into {count} steps.");
    }

    /// <summary>
    /// Keras pads so that there is a step of output for every <see cref="Stride"/>-th step of input: how much depends on what
    /// is left of the steps, but where only the last side does so, the larger one serves for all.
    /// </summary>
    private (int Before, int After) PadSame(int reach, int? steps, string owner, LayerListBuilder notes)
    {
        int least = Math.Max(0, reach + 1 - Stride);
        int most = Stride == 1 ? least : reach;
        if (least / 2 == most / 2)
        {
            return (least / 2, most - (least / 2));
        }

        if (steps is not { } count)
        {
            throw new ModelFormatException(
                $"layer '{owner}': padding 'same' with a window of {reach + 1} steps and strides of {Stride} depends on the number "
                + "of steps, which the file does not say.");
        }

        int rest = count % Stride;
        int padding = Math.Max(0, reach + 1 - (rest == 0 ? Stride : rest));
        notes.Note(
            ImportNoteKind.Assumed, owner,
            $"padding 'same' is that of sequences of {count} steps, as the file has it; of another number it may begin elsewhere.");
        return (padding / 2, padding - (padding / 2));
    }

    private static string ReadPadding(JsonValue config, string owner, string[] known)
    {
        string padding = config.Find("padding")?.Text() ?? Valid;
        return known.Contains(padding)
            ? padding
            : throw new ModelFormatException(
                $"layer '{owner}': padding '{padding}' is not supported; expected {string.Join(", ", known)}.");
    }

    private static int One(JsonValue value) =>
        (value.IsArray && value.Items() is [JsonValue only] ? only : value).Integer(1, WindowSpecification.MaxReach);
}
