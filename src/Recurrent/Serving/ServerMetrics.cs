using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Recurrent.Serving;

/// <summary>The instruments of a server. Those that nobody listens to cost a comparison.</summary>
internal sealed class ServerMetrics : IDisposable
{
    // Upper bounds of the classes that a collector counts in, if it is not told others. Its own begin at milliseconds.
    private static readonly double[] TimeClasses =
    [
        2e-6, 5e-6, 10e-6, 20e-6, 50e-6, 100e-6, 200e-6, 500e-6, 1e-3, 2e-3, 5e-3, 10e-3, 20e-3, 50e-3, 0.1, 0.2, 0.5, 1, 2, 5, 10,
    ];

    private static readonly int[] RowClasses = [1, 2, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 512, 1024, 4096];

    private readonly Meter _meter;
    private readonly KeyValuePair<string, object?> _name;
    private readonly Histogram<int> _rows;
    private readonly Histogram<double> _queueTime;
    private readonly Histogram<double> _stepTime;
    private readonly Histogram<double> _checkpointTime;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _storeFailures;

    public ServerMetrics(StreamServer server, string name)
    {
        _name = new KeyValuePair<string, object?>("recurrent.server", name);
        _meter = new Meter("Recurrent", typeof(ServerMetrics).Assembly.GetName().Version?.ToString(3));
        _rows = Histogram<int>("recurrent.rows_per_call", "{row}", "Rows of a call of the pool.", RowClasses);
        _queueTime = Histogram<double>("recurrent.queue.duration", "s", "Time that a step waited for a worker.", TimeClasses);
        _stepTime = Histogram<double>("recurrent.step.duration", "s", "Time of a call of the pool.", TimeClasses);
        _checkpointTime = Histogram<double>(
            "recurrent.checkpoint.duration", "s", "Age of the oldest step that a state holds, when the store has it.", TimeClasses);
        _refusals = _meter.CreateCounter<long>("recurrent.refusals", "{refusal}", "Steps and streams that were refused.");
        _storeFailures = _meter.CreateCounter<long>("recurrent.store.failures", "{call}", "Calls of the store that failed.");
        _meter.CreateObservableUpDownCounter(
            "recurrent.streams", () => Measure(server.Statistics.Streams), "{stream}", "Streams that are open.");
        _meter.CreateObservableUpDownCounter(
            "recurrent.streams.resident", () => Measure(server.Statistics.Resident), "{stream}", "Streams with a place in the pool.");
        _meter.CreateObservableUpDownCounter(
            "recurrent.steps.pending", () => Measure(server.Statistics.Pending), "{step}", "Steps that wait.");
        _meter.CreateObservableCounter("recurrent.steps", () => Measure(server.Statistics.Steps), "{step}", "Steps computed.");
        _meter.CreateObservableCounter("recurrent.calls", () => Measure(server.Statistics.Calls), "{call}", "Calls of the pool.");
        _meter.CreateObservableCounter(
            "recurrent.evictions", () => Measure(server.Statistics.Evictions), "{stream}", "Streams that gave up their place.");
        _meter.CreateObservableCounter(
            "recurrent.restores", () => Measure(server.Statistics.Restores), "{stream}", "Streams read from the store.");
        _meter.CreateObservableCounter(
            "recurrent.checkpoints", () => Measure(server.Statistics.Written), "{state}", "States that the store has taken.");
        _meter.CreateObservableUpDownCounter(
            "recurrent.checkpoints.pending", () => Measure(server.Statistics.Unwritten), "{state}", "States that wait for the store.");
        _meter.CreateObservableGauge(
            "recurrent.checkpoint.lag",
            () => new Measurement<double>(server.Statistics.CheckpointLag.TotalSeconds, _name),
            "s",
            "Age of the oldest step that the store does not have.");
    }

    /// <summary>Whether the time that steps wait has to be taken.</summary>
    public bool WantsQueueTime => _queueTime.Enabled;

    /// <summary>Whether the time of calls has to be taken.</summary>
    public bool WantsStepTime => _stepTime.Enabled;

    public void Called(int rows) => Record(_rows, rows);

    public void Stepped(long ticks) => Record(_stepTime, ticks / (double)Stopwatch.Frequency);

    public void Waited(long ticks) => Record(_queueTime, ticks / (double)Stopwatch.Frequency);

    public void StateWritten(long milliseconds) => Record(_checkpointTime, milliseconds / 1000.0);

    public void StoreFailed() => Add(_storeFailures, [_name]);

    public void Refused(StreamServerBusyReason reason) =>
        Add(_refusals, [_name, new KeyValuePair<string, object?>("reason", reason.ToString())]);

    public void Dispose() => _meter.Dispose();

    // Listeners run here. What they throw is not the affair of the streams, and would end a worker and with it the process.
    private void Record<T>(Histogram<T> histogram, T value)
        where T : struct
    {
        try
        {
            histogram.Record(value, _name);
        }
        catch (Exception)
        {
        }
    }

    private static void Add(Counter<long> counter, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        try
        {
            counter.Add(1, tags);
        }
        catch (Exception)
        {
        }
    }

    private Histogram<T> Histogram<T>(string name, string unit, string description, T[] classes)
        where T : struct
    {
#if NET9_0_OR_GREATER
        return _meter.CreateHistogram(name, unit, description, null, new InstrumentAdvice<T> { HistogramBucketBoundaries = classes });
#else
        _ = classes; // .NET 8 has no way to say them
        return _meter.CreateHistogram<T>(name, unit, description);
#endif
    }

    private Measurement<int> Measure(int value) => new(value, _name);

    private Measurement<long> Measure(long value) => new(value, _name);
}
