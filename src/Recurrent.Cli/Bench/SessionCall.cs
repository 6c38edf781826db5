using System.Diagnostics;
using Recurrent.Cli.Models;
using Recurrent.Layers;

namespace Recurrent.Cli.Bench;

/// <summary>A workload with its session open: one call of the public API.</summary>
/// <remarks>A stream carries its states from call to call; a sequence starts every call from zero.</remarks>
internal sealed class SessionCall : TimedCall, IDisposable
{
    private const long MostElements = 1L << 28;

    private readonly Workload _workload;
    private readonly RecurrentModel _model;
    private readonly Session _session;
    private readonly float[] _x;
    private readonly int[] _indices;
    private readonly float[] _y;
    private readonly bool _isStep;

    // Of a model of several inputs or outputs, which are given by name.
    private readonly SessionInput? _feed;
    private readonly OutputBuffer<float>[] _outputs = [];

    public SessionCall(Workload workload, Candidate candidate)
    {
        _workload = workload;
        _isStep = workload.IsStep;
        long rows = (long)workload.Time * workload.Batch;
        ModelDefinition definition = workload.Model;
        long features = Math.Max(
            definition.Inputs.Sum(input => input.Kind == ValueKind.Indices ? 1L : input.Size),
            definition.Outputs.Sum(output => (long)output.Size));
        if (rows * features > MostElements)
        {
            throw new UnusableInputException(
                "--time, --batch: expected inputs and outputs of at most 2^28 elements, found more.");
        }

        long start = Stopwatch.GetTimestamp();
        _model = RecurrentModel.Create(
            definition,
            workload.Formats with { InstructionSet = candidate.InstructionSet });
        PackingTime = Stopwatch.GetElapsedTime(start);
        _session = _model.OpenSession(new SessionOptions { Batch = workload.Batch, Threads = candidate.Threads });
        bool takesIndices = definition.VocabularySize > 0;
        _x = takesIndices ? [] : Workloads.Values((int)rows * definition.InputSize, 1);
        _indices = takesIndices ? Workloads.Indices((int)rows * definition.InputSize, definition.VocabularySize) : [];
        _y = new float[(long)workload.OutputTime * workload.Batch * definition.OutputSize];
        if (definition.Inputs.Count > 1 || definition.Outputs.Count > 1)
        {
            _feed = new SessionInput(
                _session, SequenceInput.Random(definition, workload.Time, workload.Batch, seed: 1));
            _outputs =
            [
                .. definition.Outputs.Select((output, index) => new OutputBuffer<float>(
                    output.Name,
                    new float[ArraySize.Of(
                        _isStep ? 1 : definition.OutputSteps(index, workload.Time), workload.Batch, output.Size)])),
            ];
        }

        Candidate = candidate;
    }

    public Candidate Candidate { get; }

    /// <summary>What it took to make the model from its layers.</summary>
    public TimeSpan PackingTime { get; }

    /// <summary>Bytes of packed weights.</summary>
    public long PackedBytes => _model.PackedBytes;

    /// <summary>How the session's threads divide the call.</summary>
    public PlanCandidate Way => _session.Explain(_workload.Time).Single(way => way.IsChosen);

    public override void Call()
    {
        if (!_isStep)
        {
            _session.Reset();
            Run();
        }
        else if (_feed is not null)
        {
            _feed.Step(0, _outputs);
        }
        else if (_indices.Length > 0)
        {
            _session.StepIndices(_indices, _y);
        }
        else
        {
            _session.Step(_x, _y);
        }
    }

    private void Run()
    {
        if (_feed is not null)
        {
            _feed.Run(0, _workload.Time, _outputs);
        }
        else if (_indices.Length > 0)
        {
            _session.RunIndices(_indices, _y, _workload.Time);
        }
        else
        {
            _session.Run(_x, _y, _workload.Time);
        }
    }

    public void Dispose()
    {
        _session.Dispose();
        _model.Dispose();
    }
}
