namespace Recurrent.Formats;

/// <summary>
/// A model from an ONNX graph, and how the graph's inputs and outputs are given to and taken from a session.
/// </summary>
public sealed class OnnxBinding
{
    /// <summary>The model.</summary>
    public required ImportedModel Model { get; init; }

    /// <summary>The inputs that are not constants, in the graph's order.</summary>
    public required IReadOnlyList<OnnxInput> Inputs { get; init; }

    /// <summary>The outputs in the graph's order.</summary>
    public required IReadOnlyList<OnnxOutput> Outputs { get; init; }

    /// <summary>
    /// Refuses an output with steps and rows or features in one dimension, in another order than a run gives them: its shape
    /// does not show that.
    /// </summary>
    /// <param name="options">Where an order is asked for, a run has that.</param>
    /// <param name="place">The file, for the message.</param>
    /// <param name="advice">What else there is to do, for the message.</param>
    internal OnnxBinding InOrder(ImportOptions? options, string place, string advice)
    {
        OnnxOutput? other = options?.Layout is null ? Outputs.FirstOrDefault(output => output.Joined is not null) : null;
        return other is null
            ? this
            : throw new ModelFormatException(
                $"{place}output '{other.Name}': {other.Joined}; {nameof(ImportOptions)}.{nameof(ImportOptions.Layout)} says in which "
                + $"order a run takes and gives steps{advice}.");
    }
}
