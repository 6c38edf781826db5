using System.Diagnostics;

namespace Recurrent.Training;

/// <summary>Tells the progress now and then: a report a batch would cost more than a small batch.</summary>
internal sealed class ProgressReporter(IProgress<TrainingProgress>? progress)
{
    private static readonly long Interval = Stopwatch.Frequency / 10;

    private long _begin;
    private long _last;
    private long _batchesBefore;

    public double? ValidationLoss { get; set; }

    public void Begin(long batchesBefore)
    {
        _begin = Stopwatch.GetTimestamp();
        _last = _begin;
        _batchesBefore = batchesBefore;
    }

    public void Report(TrainingRun run, double loss, double rows, bool isLast)
    {
        if (progress is null)
        {
            return;
        }

        long now = Stopwatch.GetTimestamp();
        if (isLast || now - _last >= Interval)
        {
            _last = now;
            progress.Report(Progress(run, loss, rows, isLast, Stopwatch.GetElapsedTime(_begin, now)));
        }
    }

    private TrainingProgress Progress(TrainingRun run, double loss, double rows, bool isLast, TimeSpan elapsed)
    {
        // At the end the epoch is one further already.
        int epoch = isLast ? Math.Max(run.Epoch, 1) : run.Epoch + 1;
        int batch = isLast ? run.BatchesPerEpoch : run.Batch;
        long all = (long)run.Epochs * run.BatchesPerEpoch;
        long done = ((long)(epoch - 1) * run.BatchesPerEpoch) + batch;
        long doneHere = Math.Max(done - _batchesBefore, 1);
        TimeSpan remaining = isLast ? TimeSpan.Zero : elapsed * ((double)(all - done) / doneHere);
        double samples = doneHere * rows / Math.Max(elapsed.TotalSeconds, 1e-9);
        return new TrainingProgress(
            epoch, run.Epochs, batch, run.BatchesPerEpoch, loss, ValidationLoss, elapsed, remaining, samples);
    }
}
