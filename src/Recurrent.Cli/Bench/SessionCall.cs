using System.Diagnostics;
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

    public SessionCall(Workload workload, Candidate candidate)
    {
        _workload = workload;
        _isStep = workload.IsStep;
        long rows = (long)workload.Time * workload.Batch;
        ModelDefinition definition = workload.Model;
        if (rows * Math.Max(definition.InputSize, definition.OutputSize) > MostElements)
        {
            throw new UnusableInputException(
                "--time, --batch: expected inputs and outputs of at most 2^28 elements, found more.");
        }

        long start = Stopwatch.GetTimestamp();
        _model = RecurrentModel.Create(
            definition, new ModelOptions { InstructionSet = candidate.InstructionSet });
        PackingTime = Stopwatch.GetElapsedTime(start);
        _session = _model.OpenSession(new SessionOptions { Batch = workload.Batch, Threads = candidate.Threads });
        bool takesIndices = definition.VocabularySize > 0;
        _x = takesIndices ? [] : Workloads.Values((int)rows * definition.InputSize, 1);
        _indices = takesIndices ? Workloads.Indices((int)rows * definition.InputSize, definition.VocabularySize) : [];
        _y = new float[(long)workload.OutputTime * workload.Batch * definition.OutputSize];
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
        if (_indices.Length > 0)
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
