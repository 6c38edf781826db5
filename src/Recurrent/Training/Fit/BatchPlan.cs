using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// How data is cut into batches: groups of sequences, the last one with what is left, and each of them into pieces of steps
/// where backpropagation is truncated.
/// </summary>
internal readonly record struct BatchPlan
{
    private readonly int _count;
    private readonly int _time;
    private readonly int _batchSize;
    private readonly int _steps;
    private readonly int _pieces;

    public BatchPlan(ModelDefinition definition, int count, int time, int batchSize, int truncatedSteps)
    {
        if (truncatedSteps > 0 && (!TrainedModel.PutsOutSteps(definition) || !definition.CanStep))
        {
            throw new NotSupportedException(
                "Sequences can be cut into pieces only for a model that puts out every step and whose layers all take one step "
                + $"after the other; this one puts out {(definition.Graph.IsList ? definition.Output : definition.Outputs[0].Kind)}"
                + (definition.CanStep ? "." : " and needs whole sequences."));
        }

        _count = count;
        _time = time;
        _batchSize = Math.Min(batchSize, count);
        _steps = truncatedSteps == 0 ? time : Math.Min(truncatedSteps, time);
        _pieces = (time + _steps - 1) / _steps;
        Batches = checked((count + _batchSize - 1) / _batchSize * _pieces);
    }

    /// <summary>Batches of an epoch.</summary>
    public int Batches { get; }

    /// <summary>Rows of the largest batch.</summary>
    public int BatchSize => _batchSize;

    /// <summary>Rows of a batch, on average.</summary>
    public double MeanRows => (double)_count * _pieces / Batches;

    /// <summary>Whether there is more than one piece.</summary>
    public bool CarriesStates => _pieces > 1;

    public int FirstRow(int batch) => batch / _pieces * _batchSize;

    public int Rows(int batch) => Math.Min(_batchSize, _count - FirstRow(batch));

    public int FirstStep(int batch) => batch % _pieces * _steps;

    public int Steps(int batch) => Math.Min(_steps, _time - FirstStep(batch));
}
