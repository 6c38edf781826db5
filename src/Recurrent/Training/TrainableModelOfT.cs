using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// A model that learns: <see cref="Compile"/> it with an optimizer and a loss, <see cref="Fit(Sequences{T}, Targets{T},
/// FitOptions{T})"/> it to data, and take the trained <see cref="ToDefinition"/>. Made by <see cref="TrainableModel"/>.
/// </summary>
/// <typeparam name="T">The number type of data and parameters; float for native training.</typeparam>
/// <remarks>
/// It belongs to one caller at a time: a call during another one, from another thread or from what the other has called, is
/// refused with an <see cref="InvalidOperationException"/> and changes nothing. But callbacks and the progress of a fit may
/// look at the model from the fit's thread: <see cref="Evaluate"/>, <see cref="Predict"/>, <see cref="Capture"/>,
/// <see cref="ToDefinition"/>, and get and set parameters.
/// </remarks>
public sealed partial class TrainableModel<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly bool _drops;
    private Optimizer? _optimizer;
    private Loss? _loss;
    private T[] _scratch = [];

    private readonly TrainingArithmetic _arithmetic;

    internal TrainableModel(IGradientSession<T> session, TrainingArithmetic arithmetic, TrainingOptions options)
    {
        Session = session;
        _arithmetic = arithmetic;
        Computer = new BatchComputer<T>(session, options);
        _drops = options.Dropout.Any(dropout => dropout != default);
    }

    /// <summary>The model as it was when training began, batch-major; its parameters are not changed.</summary>
    public ModelDefinition Definition => Session.Definition;

    /// <summary>What the parameters are, and where.</summary>
    public IReadOnlyList<ParameterBlock> Blocks => Session.Blocks;

    /// <summary>Number of parameters.</summary>
    public int ParameterCount => Session.ParameterCount;

    /// <summary>Updates since the model was compiled.</summary>
    public long Updates { get; private set; }

    /// <summary>The instruction set that computes, as <see cref="TrainingCheckpoint.InstructionSet"/> has it.</summary>
    public string InstructionSet => _arithmetic.InstructionSet;

    /// <summary>What multiplies large matrices, as <see cref="TrainingCheckpoint.GemmProvider"/> has it.</summary>
    public string GemmProvider => _arithmetic.GemmProvider;

    internal IGradientSession<T> Session { get; }

    internal BatchComputer<T> Computer { get; }

    internal ModelGuard Guard { get; } = new();

    internal IReadOnlyList<Metric> Metrics { get; private set; } = [];

    internal Optimizer Optimizer => _optimizer ?? throw NotCompiled();

    internal Loss Loss => _loss ?? throw NotCompiled();

    internal Span<T> Scratch => _scratch.Length > 0 ? _scratch : _scratch = new T[ParameterCount];

    /// <summary>
    /// Says how the model learns (Keras <c>compile</c>). What an earlier optimizer remembers is forgotten.
    /// </summary>
    /// <param name="optimizer">How parameters are moved; it also clips gradients.</param>
    /// <param name="loss">What is made small.</param>
    /// <param name="metrics">Other metrics to report.</param>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="ArgumentException">
    /// A table is updated sparsely (<see cref="TrainingOptions.Sparse"/>), and the optimizer moves all rows.
    /// </exception>
    /// <exception cref="InvalidOperationException">Another call is running on the model, a fit for example.</exception>
    public void Compile(Optimizer optimizer, Loss loss, params IReadOnlyList<Metric> metrics)
    {
        ArgumentNullException.ThrowIfNull(optimizer);
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(metrics);
        using ModelGuard.Scope call = Guard.Train();
        Computer.RequireFits(optimizer, nameof(optimizer));
        _optimizer = optimizer;
        _loss = loss;
        Metrics = [.. metrics];
        Updates = 0;
        ForgetMoments();
    }

    /// <summary>Fits the model to data (Keras <c>fit</c>).</summary>
    /// <param name="x">The inputs.</param>
    /// <param name="y">What should be put out for them.</param>
    /// <param name="epochs">Times that all data is gone through.</param>
    /// <param name="batchSize">Sequences of a batch; the last one of an epoch has what is left.</param>
    /// <param name="validationData">Data that is evaluated after every epoch; null for none.</param>
    /// <param name="callbacks">What is called on the way; null for nothing.</param>
    /// <param name="progress">What is told how far it is; null for nothing.</param>
    /// <returns>What was gone through.</returns>
    /// <exception cref="ArgumentException">Data does not fit the model or the loss.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model has not been compiled; or another call is running on it, a fit for example.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// Sequences are to be cut into pieces, and the model cannot go on with them.
    /// </exception>
    /// <exception cref="TrainingDivergedException">
    /// A loss or gradient was not finite; the model has the last parameters that gave a finite loss.
    /// </exception>
    /// <exception cref="OperationCanceledException">The run was cancelled, between two batches.</exception>
    public History Fit(
        Sequences<T> x,
        Targets<T> y,
        int epochs = 1,
        int batchSize = 32,
        (Sequences<T> X, Targets<T> Y)? validationData = null,
        IReadOnlyList<Callback>? callbacks = null,
        IProgress<TrainingProgress>? progress = null) =>
        Fit(x, y, new FitOptions<T>
        {
            Epochs = epochs,
            BatchSize = batchSize,
            ValidationData = validationData,
            Callbacks = callbacks ?? [],
            Progress = progress,
        });

    /// <summary>Fits the model to data.</summary>
    /// <param name="x">The inputs.</param>
    /// <param name="y">
    /// What should be put out for them; its weights (<see cref="Targets{T}.WithWeights"/>) are those of the loss, not of the
    /// metrics.
    /// </param>
    /// <param name="options">How.</param>
    /// <returns>What was gone through.</returns>
    /// <exception cref="ArgumentException">Data does not fit the model or the loss.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model has not been compiled; or another call is running on it, a fit for example.
    /// </exception>
    /// <exception cref="NotSupportedException">
    /// Sequences are to be cut into pieces, and the model cannot go on with them.
    /// </exception>
    /// <exception cref="TrainingDivergedException">
    /// A loss or gradient was not finite; the model has the last parameters that gave a finite loss.
    /// </exception>
    /// <exception cref="InvalidDataException">The checkpoint to go on from is of another model or fit.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled, between two batches.</exception>
    public History Fit(Sequences<T> x, Targets<T> y, FitOptions<T> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        using ModelGuard.Scope call = Guard.Train();
        RequireData(x, y, nameof(x), nameof(y));
        if (options is { ValidationSplit: > 0, ValidationData: null })
        {
            int trained = (int)Math.Floor(x.Count * (1 - options.ValidationSplit));
            int validated = x.Count - trained;
            if (trained == 0 || validated == 0)
            {
                throw new ArgumentException(
                    $"{nameof(options.ValidationSplit)}: expected a share that leaves sequences on both sides, found "
                    + $"{options.ValidationSplit} of {x.Count}.",
                    nameof(options));
            }

            int elements = y.Length / x.Count;
            options = options with
            {
                ValidationData = (
                    x.Slice(trained, validated),
                    y.Slice(trained * elements, validated * elements).WithoutClassWeights()),
            };
            (x, y) = (x.Slice(0, trained), y.Slice(0, trained * elements));
        }

        if (options.ValidationData is var (validationX, validationY))
        {
            RequireData(validationX, validationY, nameof(options.ValidationData), nameof(options.ValidationData));
        }

        BatchPlan plan = new(Definition, x.Count, x.Time, options.BatchSize, options.TruncatedSteps);
        return new TrainingLoop<T>(this, x, y, options, plan).Run();
    }

    /// <summary>The loss and the metrics over data, without dropout (Keras <c>evaluate</c>).</summary>
    /// <param name="x">The inputs.</param>
    /// <param name="y">What should be put out for them; its weights are those of the loss, not of the metrics.</param>
    /// <param name="batchSize">Sequences that are computed together.</param>
    /// <param name="steps">Steps that are computed together, states going on; 0 for whole sequences.</param>
    /// <returns>The metrics by name; <c>loss</c> with the penalties, as in training.</returns>
    /// <exception cref="ArgumentException">Data does not fit the model or the loss.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model has not been compiled; or another call is running on it, a fit for example.
    /// </exception>
    public IReadOnlyDictionary<string, double> Evaluate(
        Sequences<T> x, Targets<T> y, int batchSize = 32, int steps = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(steps);
        using ModelGuard.Scope call = Guard.Look();
        RequireData(x, y, nameof(x), nameof(y));
        Dictionary<string, double> metrics = new(StringComparer.Ordinal);
        MetricsOf(x, y, batchSize, steps).Report(metrics, string.Empty);
        return metrics;
    }

    /// <summary>
    /// What the model outputs with the parameters that it has now, without dropout (Keras <c>predict</c>).
    /// </summary>
    /// <remarks>
    /// A <see cref="RecurrentModel"/> of <see cref="ToDefinition"/> gives the same bits by its own <c>Predict</c>, from any
    /// thread, and needs no memory for training.
    /// </remarks>
    /// <param name="x">The inputs.</param>
    /// <param name="batchSize">Sequences that are computed together.</param>
    /// <returns><c>[Count, OutputSize]</c>, or <c>[Count, Time, OutputSize]</c> for every step.</returns>
    /// <exception cref="ArgumentException">Data does not fit the model.</exception>
    /// <exception cref="InvalidOperationException">Another call is running on the model, a fit for example.</exception>
    public T[] Predict(Sequences<T> x, int batchSize = 32)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        using ModelGuard.Scope call = Guard.Look();
        DataCheck.RequireInputs(Definition, x, nameof(x));
        int row = Definition.OutputSize * (TrainedModel.PutsOutSteps(Definition) ? x.Time : 1);
        var predictions = new T[checked(x.Count * row)];
        int[] rows = [.. Enumerable.Range(0, x.Count)];
        for (int first = 0; first < x.Count; first += batchSize)
        {
            ReadOnlySpan<int> here = rows.AsSpan(first, Math.Min(batchSize, x.Count - first));
            Computer.Batch.Fill(x, null, here, 0, x.Time);
            ReadOnlySpan<T> outputs = Computer.Forward([], [], null);

            // A ragged batch goes as far as its longest row.
            int computed = outputs.Length / here.Length;
            for (int i = 0; i < here.Length; i++)
            {
                outputs.Slice(i * computed, computed).CopyTo(predictions.AsSpan((first + i) * row));
            }
        }

        return predictions;
    }

    /// <summary>The model with the parameters that it has now.</summary>
    /// <returns>
    /// The definition, for a <see cref="RecurrentModel"/> or a file; batch-major, as <see cref="Sequences{T}"/> are.
    /// </returns>
    /// <exception cref="InvalidOperationException">Another call is running on the model, a fit for example.</exception>
    public ModelDefinition ToDefinition()
    {
        using ModelGuard.Scope call = Guard.Look();
        return Session.ToDefinition();
    }

    /// <inheritdoc/>
    public void Dispose() => Session.Dispose();

    internal MetricSums MetricsOf(Sequences<T> x, Targets<T> y, int batchSize, int steps)
    {
        BatchPlan plan = new(Definition, x.Count, x.Time, batchSize, steps);
        CarriedStates<T> states = new(plan, Session.StateSize);
        MetricSums sums = new(Metrics);
        int[] rows = [.. Enumerable.Range(0, x.Count)];
        double penalty = Computer.Penalty();
        for (int batch = 0; batch < plan.Batches; batch++)
        {
            Computer.Batch.Fill(
                x, y, rows.AsSpan(plan.FirstRow(batch), plan.Rows(batch)), plan.FirstStep(batch), plan.Steps(batch));
            Computer.Forward(states.Initial(batch), states.Final(batch), null);
            states.Advance();
            if (Computer.Batch.Counted > 0)
            {
                sums.Add(Computer, (Computer.LossSum(Loss) / Computer.Batch.Counted) + penalty);
            }
        }

        return sums;
    }

    internal void ForgetMoments() => Session.SetMoments(new T[2 * ParameterCount]);

    /// <summary>Which elements are dropped at the next update.</summary>
    internal ulong? DropoutSeed(ulong seed) => _drops ? SeededRandom.Combine(seed, (ulong)Updates) : null;

    private static InvalidOperationException NotCompiled() =>
        new("The model has no optimizer and loss yet: call Compile first.");

    private void RequireData(Sequences<T> x, Targets<T> y, string xName, string yName)
    {
        DataCheck.RequireInputs(Definition, x, xName);
        DataCheck.RequireTargets(Definition, x, y, Loss, yName);
        DataCheck.RequireWeights(Definition, x, y, yName);
        foreach (Metric metric in Metrics)
        {
            DataCheck.RequireTargets(Definition, x, y, metric, yName);
        }
    }
}
