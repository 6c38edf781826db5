using Recurrent.Formats.Json;
using Recurrent.Layers;

namespace Recurrent.Formats.Keras;

/// <summary>Recurrent layers of Keras with their weights, alone or inside <c>Bidirectional</c>.</summary>
internal sealed class KerasRecurrent(KerasTensors tensors, KerasVersion version, LayerListBuilder layers)
{
    private const string Kernel = "kernel";
    private const string RecurrentKernel = "recurrent_kernel";
    private const string Bias = "bias";

    /// <summary>A layer that runs one way.</summary>
    /// <param name="name">The layer's name.</param>
    /// <param name="cell">What it is.</param>
    /// <param name="direction">Which way it runs.</param>
    public RecurrentLayer ReadSingle(string name, KerasCell cell, Direction direction)
    {
        RecurrentSpecification specification = Specify(name, cell, direction, isBackward: false);
        return new RecurrentLayer(specification, ReadWeights(name, cell, specification, isBackward: false));
    }

    /// <summary>A layer inside <c>Bidirectional</c>.</summary>
    /// <param name="name">The wrapper's name, by which its tensors go.</param>
    /// <param name="config">The wrapper's configuration.</param>
    /// <param name="forward">The forward layer.</param>
    public RecurrentLayer ReadBidirectional(string name, JsonValue config, KerasCell forward)
    {
        KerasCell backward = config.Find("backward_layer") is { } other
            ? KerasCell.Read(other["class_name"].Text(), other["config"], name)
            : forward;
        RecurrentSpecification specification = Specify(name, forward, Direction.Bidirectional, isBackward: false);
        if (backward != forward)
        {
            specification = Join(name, specification, Specify(name, backward, Direction.Bidirectional, isBackward: true));
            if (!backward.GoesBackwards || backward.ReturnsSequences != forward.ReturnsSequences)
            {
                throw new ModelFormatException(
                    $"layer '{name}': expected a backward_layer with go_backwards, and with the forward layer's "
                    + "return_sequences.");
            }
        }

        return new RecurrentLayer(
            specification,
            ReadWeights(name, forward, specification, isBackward: false),
            ReadWeights(name, backward, specification, isBackward: true));
    }

    private static RecurrentSpecification Join(
        string name, RecurrentSpecification forward, RecurrentSpecification backward)
    {
        RecurrentSpecification joined = forward with
        {
            ReverseActivations = backward.GetActivations(Direction.Forward),
        };
        return forward.GetType() == backward.GetType()
            && forward.HiddenSize == backward.HiddenSize
            && (forward as GruSpecification)?.ResetAfter == (backward as GruSpecification)?.ResetAfter
                ? joined
                : throw new ModelFormatException(
                    $"layer '{name}': its directions differ in more than their activations, which is not supported.");
    }

    private RecurrentSpecification Specify(string name, KerasCell cell, Direction direction, bool isBackward)
    {
        IReadOnlyList<long> kernel = tensors.Shape(name, Kernel, isBackward);
        if (kernel is not [>= 1 and <= LayerSpecification.MaxSize and var inputSize, _])
        {
            throw new ModelFormatException(
                $"layer '{name}': expected a kernel [inputs, gates * units], found [{string.Join(", ", kernel)}].");
        }

        // A file that does not say it was written before there was a choice, unless its bias has two rows.
        bool resetAfter = cell.HasBias && tensors.Shape(name, Bias, isBackward).Count == 2;
        return cell.Specify(name, (int)inputSize, direction, resetAfter, version, layers);
    }

    private CellWeights ReadWeights(
        string name, KerasCell cell, RecurrentSpecification specification, bool isBackward)
    {
        long rows = (long)specification.GateCount * specification.HiddenSize;
        float[] kernel = tensors.Take(name, isBackward, Kernel, specification.InputSize, rows);
        float[] recurrent = tensors.Take(name, isBackward, RecurrentKernel, specification.HiddenSize, rows);
        float[] bias = !cell.HasBias ? []
            : specification is GruSpecification { ResetAfter: true } ? tensors.Take(name, isBackward, Bias, 2, rows)
            : tensors.Take(name, isBackward, Bias, rows);
        return KerasWeights.RecurrentByGate(
            specification, KerasWeights.Transpose(kernel, (int)rows), KerasWeights.Transpose(recurrent, (int)rows), bias);
    }
}
