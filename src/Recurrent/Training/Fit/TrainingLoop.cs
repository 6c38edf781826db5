using System.Numerics;

namespace Recurrent.Training;

/// <summary>A fit: epochs, batches, validation, callbacks.</summary>
internal sealed class TrainingLoop<T> : TrainingRun
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly TrainableModel<T> _model;
    private readonly Sequences<T> _x;
    private readonly Targets<T> _y;
    private readonly FitOptions<T> _options;
    private readonly BatchPlan _plan;
    private readonly CarriedStates<T> _states;
    private readonly MetricSums _sums;
    private readonly Callback[] _callbacks;
    private readonly ProgressReporter _reporter;
    private readonly int[] _order;
    private long _updatesAtEpochStart;
    private long? _dataChecksum;
    private double _epochLoss;
    private int _batchOfUpdate;
    private bool _epochIsDone;
    private bool _hasGradients;

    public TrainingLoop(
        TrainableModel<T> model, Sequences<T> x, Targets<T> y, FitOptions<T> options, BatchPlan plan)
        : base(options.Epochs, plan.Batches)
    {
        _model = model;
        _x = x;
        _y = y;
        _options = options;
        _plan = plan;
        _states = new CarriedStates<T>(plan, model.Session.StateSize);
        _sums = new MetricSums(model.Metrics);
        _callbacks = [.. options.Callbacks.OrderBy(callback => callback.Place)];
        _order = new int[x.Count];
        _reporter = new ProgressReporter(options.Progress);
    }

    public override long Updates => _model.Updates;

    public override double LearningRate => _model.Optimizer.LearningRate.At(Updates) * LearningRateScale;

    public override History History { get; } = new();

    public History Run()
    {
        _updatesAtEpochStart = Updates;
        Call(callback => callback.OnTrainBegin(this));
        if (_options.Resume is { } checkpoint)
        {
            Resume(checkpoint);
        }

        try
        {
            RunEpochs();
        }
        finally
        {
            _model.Session.KeepParameters(false);
        }

        return History;
    }

    public override ParameterSnapshot CaptureParameters(ParameterSnapshot? into = null)
    {
        using ModelGuard.Scope call = _model.Guard.Look();
        into ??= new ParameterSnapshot(new T[_model.ParameterCount]);
        _model.Session.GetParameters((T[])into.Values);
        return into;
    }

    public override void RestoreParameters(ParameterSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        using ModelGuard.Scope call = _model.Guard.Look();
        _model.Session.SetParameters((T[])snapshot.Values);
    }

    public override TrainingCheckpoint Capture()
    {
        using ModelGuard.Scope call = _model.Guard.Look();

        // Nothing good is to be overwritten with what the last update may have left.
        RequireFiniteParameters();
        TrainingCheckpoint checkpoint = _model.CaptureState();
        checkpoint.SetValues<long>(
            "position",
            [_epochIsDone ? Epoch + 1 : Epoch, _epochIsDone ? 0 : Batch, Updates]);
        checkpoint.SetValues<long>("fit", FitFingerprint());
        checkpoint.SetValues<long>("epoch_start", [_epochIsDone ? Updates : _updatesAtEpochStart]);
        checkpoint.SetValues<long>("stopped", [StopTraining ? 1 : 0]);
        checkpoint.SetValues<double>("rate_scale", [LearningRateScale]);
        checkpoint.SetValues("sums", _epochIsDone ? new double[_sums.Values.Length] : _sums.Values);
        checkpoint.SetValues("states", _states.All);
        History.Save(checkpoint);
        using ModelGuard.Opening open = _model.Guard.Open();
        foreach ((Callback callback, string name) in NamedCallbacks())
        {
            callback.Save(checkpoint, name);
        }

        return checkpoint;
    }

    internal override ParameterSnapshot LoadSnapshot(TrainingCheckpoint checkpoint, string name) =>
        new(checkpoint.GetValues<T>(name, _model.ParameterCount));

    /// <summary>Goes on from a checkpoint; one that does not fit leaves the model as it was.</summary>
    private void Resume(TrainingCheckpoint checkpoint)
    {
        TrainingCheckpoint before = _model.CaptureState();
        try
        {
            Restore(checkpoint);
        }
        catch
        {
            _model.RestoreState(before);
            throw;
        }
    }

    private void Restore(TrainingCheckpoint checkpoint)
    {
        _model.RestoreState(checkpoint, _options.ResumesOnOtherArithmetic);
        long[] found = checkpoint.GetValues<long>("fit", FitFingerprint().Length);
        if (!found.AsSpan().SequenceEqual(FitFingerprint()))
        {
            throw new InvalidDataException(
                "The checkpoint is of another fit: expected sequences, steps, batch size, truncated steps, shuffle, seed and checksum of the data "
                + $"{string.Join(", ", FitFingerprint())}, found {string.Join(", ", found)}.");
        }

        Epoch = checkpoint.Epoch;
        Batch = checkpoint.Batch;
        if (Epoch < 0 || Batch < 0 || Batch > BatchesPerEpoch)
        {
            throw new InvalidDataException(
                $"The checkpoint is at epoch {Epoch}, batch {Batch}: expected 0 or more, and at most {BatchesPerEpoch} batches.");
        }

        _updatesAtEpochStart = checkpoint.GetValues<long>("epoch_start", 1)[0];
        StopTraining = checkpoint.GetValues<long>("stopped", 1)[0] != 0;
        LearningRateScale = checkpoint.GetValues<double>("rate_scale", 1)[0];
        _sums.Restore(checkpoint.GetValues<double>("sums", _sums.Values.Length));
        _states.Restore(checkpoint.GetValues<T>("states", _states.All.Length));
        History.Restore(checkpoint);
        using ModelGuard.Opening open = _model.Guard.Open();
        foreach ((Callback callback, string name) in NamedCallbacks())
        {
            // One that was not there before begins here.
            if (checkpoint.HasAny(name + "."))
            {
                callback.Restore(this, checkpoint, name);
            }
        }
    }

    /// <summary>Callbacks by their type, and their place among those of the same type: others may come and go.</summary>
    private IEnumerable<(Callback Callback, string Name)> NamedCallbacks() =>
        _callbacks.GroupBy(callback => callback.GetType().Name).SelectMany(group =>
            group.Select((callback, i) => (callback, $"callback.{group.Key}.{i}")));

    private long[] FitFingerprint() =>
    [
        _x.Count, _x.Time, _options.BatchSize, _options.TruncatedSteps, _options.Shuffle ? 1 : 0, (long)_options.Seed,
        _dataChecksum ??= DataChecksum.Of(_x, _y),
    ];

    private void RunEpochs()
    {
        _model.Session.KeepParameters(true);
        History.ReserveBatches((long)(Epochs - Epoch) * BatchesPerEpoch);
        _reporter.Begin(((long)Epoch * BatchesPerEpoch) + Batch);
        while (Epoch < Epochs && !StopTraining)
        {
            RunEpoch();
            Epoch++;
            _epochIsDone = false;
        }

        Report(_epochLoss, isLast: true);
        Call(callback => callback.OnTrainEnd(this));
    }

    private void RunEpoch()
    {
        _epochIsDone = false;
        OrderRows();
        Call(callback => callback.OnEpochBegin(this));
        while (Batch < BatchesPerEpoch && !StopTraining)
        {
            _options.Cancellation.ThrowIfCancellationRequested();
            RunBatch(Batch);
            Batch++;
            EndBatch();
            Report(_sums.MeanLoss, isLast: false);
        }

        RequireFiniteParameters();
        EndEpoch();
    }

    // Without a delegate: batches allocate nothing.
    private void EndBatch()
    {
        using ModelGuard.Opening open = _model.Guard.Open();
        foreach (Callback callback in _callbacks)
        {
            callback.OnBatchEnd(this);
        }
    }

    private void Call(Action<Callback> action)
    {
        using ModelGuard.Opening open = _model.Guard.Open();
        Array.ForEach(_callbacks, action);
    }

    private void Report(double loss, bool isLast)
    {
        using ModelGuard.Opening open = _model.Guard.Open();
        _reporter.Report(this, loss, _plan.MeanRows, isLast);
    }

    private void EndEpoch()
    {
        Dictionary<string, double> metrics = new(StringComparer.Ordinal);
        _sums.Report(metrics, string.Empty);
        if (_options.ValidationData is var (x, y))
        {
            _model.MetricsOf(x, y, _options.BatchSize, _options.TruncatedSteps).Report(metrics, "val_");
            _reporter.ValidationLoss = metrics["val_loss"];
        }

        metrics["learning_rate"] = LearningRate;
        History.AddEpoch(metrics);
        _epochIsDone = true;
        Call(callback => callback.OnEpochEnd(this, metrics));
        Batch = 0;
        _epochLoss = _sums.MeanLoss;
        _sums.Clear();
        _updatesAtEpochStart = Updates;
    }

    private void RunBatch(int batch)
    {
        _batchOfUpdate = batch;
        BatchComputer<T> computer = _model.Computer;
        ReadOnlySpan<int> rows = _order.AsSpan(_plan.FirstRow(batch), _plan.Rows(batch));
        computer.Batch.Fill(_x, _y, rows, _plan.FirstStep(batch), _plan.Steps(batch));
        computer.Forward(_states.Initial(batch), _states.Final(batch), _model.DropoutSeed(_options.Seed));
        _states.Advance();
        if (computer.Batch.Counted == 0)
        {
            BatchLoss = 0;
            History.AddBatch(0);
            return;
        }

        double loss = computer.Loss(_model.Loss);
        RequireFinite(loss, "The loss is not a finite number");
        _model.Session.KeepParameters(true);
        if (!_hasGradients)
        {
            // Of calls before this fit; every update renews those of the fit.
            _model.Session.ZeroGradients();
        }

        BatchLoss = loss + computer.Backward();
        _hasGradients = true;
        RequireFinite(_model.Update(LearningRateScale, renews: true), "The norm of the gradients is not a finite number");
        _sums.Add(computer, BatchLoss);
        History.AddBatch(BatchLoss);
    }

    /// <summary>The order of an epoch follows from the seed and the updates before it.</summary>
    private void OrderRows()
    {
        for (int i = 0; i < _order.Length; i++)
        {
            _order[i] = i;
        }

        if (_options.Shuffle)
        {
            new SeededRandom(_options.Seed, (ulong)_updatesAtEpochStart).Shuffle(_order);
        }
    }

    private void RequireFinite(double value, string what)
    {
        if (!double.IsFinite(value))
        {
            Diverge(what);
        }
    }

    /// <summary>The last update of an epoch has no loss after it that would tell.</summary>
    private void RequireFiniteParameters()
    {
        Span<T> parameters = _model.Scratch;
        _model.Session.GetParameters(parameters);
        foreach (T parameter in parameters)
        {
            if (!T.IsFinite(parameter))
            {
                Diverge("A parameter is not a finite number after the update");
            }
        }
    }

    private void Diverge(string what)
    {
        int batch = _batchOfUpdate;
        string message = Divergence.Describe(
            _model.Session, _model.Computer.Batch, what, Epoch, batch, _hasGradients);
        _model.Session.RestoreParameters();

        // What is not finite got into the moments too, and would be in every update to come.
        _model.ForgetMoments();
        throw new TrainingDivergedException(message) { Epoch = Epoch, Batch = batch, History = History };
    }
}
