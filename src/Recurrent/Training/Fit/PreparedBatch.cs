using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>
/// A piece of some rows of the data, copied together into memory that is used again for the next one. Batch-major, so that a
/// row is one copy.
/// </summary>
internal sealed class PreparedBatch<T>(ModelDefinition definition)
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly StepRules _rules = definition.Graph.StepRules;
    private readonly bool _everyStep = TrainedModel.PutsOutSteps(definition);
    private readonly int _outputSize = definition.OutputSize;
    private readonly Masking? _masking = definition.Masking;
    private readonly PositionWeights<T> _weights = new();
    private T[] _x = [];
    private T[] _y = [];
    private int[] _indices = [];
    private int[] _classes = [];
    private int[] _lengths = [];
    private bool[] _present = [];
    private bool[] _counts = [];
    private Shape _shape;

    public int Rows => _shape.Rows;

    public int Steps => _shape.Steps;

    /// <summary>Positions that have a target.</summary>
    public int Positions => _shape.Rows * (_everyStep ? _shape.Steps : 1);

    /// <summary>Elements of the output.</summary>
    public int OutputLength => Positions * _outputSize;

    /// <summary>Positions that count in the loss.</summary>
    public int Counted { get; private set; }

    public ReadOnlySpan<T> X => _x.AsSpan(0, _shape.Rows * _shape.Steps * _shape.Features);

    public ReadOnlySpan<T> Targets => _y.AsSpan(0, _shape.HasValues ? OutputLength : 0);

    public GradientBatch<T> ForModel(ReadOnlySpan<T> initialStates, ulong? dropoutSeed) => new()
    {
        X = X,
        Indices = _indices.AsSpan(0, _shape.Features == 0 ? _shape.Rows * _shape.Steps : 0),
        Time = _shape.Steps,
        Batch = _shape.Rows,
        Layout = SequenceLayout.BatchMajor,
        Lengths = _lengths.AsSpan(0, _shape.HasLengths ? _shape.Rows : 0),
        Present = _present.AsSpan(0, _shape.HasPresent ? _shape.Rows * _shape.Steps : 0),
        InitialStates = initialStates,
        DropoutSeed = dropoutSeed,
    };

    public LossBatch<T> ForLoss(ReadOnlySpan<T> predictions) => ForFigure(predictions, _weights.Span);

    /// <summary>Metrics have no weights, as Keras's <c>metrics</c>.</summary>
    public LossBatch<T> ForMetric(ReadOnlySpan<T> predictions) => ForFigure(predictions, []);

    /// <summary>Copies rows together.</summary>
    /// <param name="x">The data.</param>
    /// <param name="y">Its targets; null for none.</param>
    /// <param name="rows">Which rows.</param>
    /// <param name="firstStep">The first step of the piece.</param>
    /// <param name="steps">Steps of the piece at most; less where no row goes so far.</param>
    public void Fill(Sequences<T> x, Targets<T>? y, ReadOnlySpan<int> rows, int firstStep, int steps)
    {
        bool hasLengths = !x.Lengths.IsEmpty;
        if (hasLengths)
        {
            steps = FillLengths(x.Lengths.Span, rows, firstStep, steps);
        }

        _shape = new Shape(
            rows.Length, steps, x.Features, hasLengths, !x.Present.IsEmpty, y is { Values.IsEmpty: false },
            y is { Classes.IsEmpty: false });
        int size = x.Features;
        Copy(x.Values.Span, ref _x, rows, x.Time * size, firstStep * size, steps * size);
        Copy(x.Indices.Span, ref _indices, rows, x.Time, firstStep, steps);
        Copy(x.Present.Span, ref _present, rows, x.Time, firstStep, steps);
        if (y is not null)
        {
            int row = _everyStep ? x.Time : 1;
            int first = _everyStep ? firstStep : 0;
            int length = _everyStep ? steps : 1;
            Copy(y.Values.Span, ref _y, rows, row * _outputSize, first * _outputSize, length * _outputSize);
            Copy(y.Classes.Span, ref _classes, rows, row, first, length);
        }

        Counted = CountPositions();
        _weights.Fill(
            y, x.Count, rows, _everyStep ? firstStep : 0, _everyStep ? steps : 1, ForMetric([]));
    }

    private static void Copy<TElement>(
        ReadOnlySpan<TElement> from, ref TElement[] to, ReadOnlySpan<int> rows, int stride, int first, int length)
    {
        if (from.IsEmpty)
        {
            return;
        }

        Grow(ref to, rows.Length * length);
        for (int i = 0; i < rows.Length; i++)
        {
            from.Slice((rows[i] * stride) + first, length).CopyTo(to.AsSpan(i * length));
        }
    }

    private static void Grow<TElement>(ref TElement[] buffer, int length)
    {
        if (buffer.Length < length)
        {
            buffer = new TElement[length];
        }
    }

    private LossBatch<T> ForFigure(ReadOnlySpan<T> predictions, ReadOnlySpan<T> weights) => new()
    {
        Predictions = predictions,
        Targets = Targets,
        Classes = _classes.AsSpan(0, _shape.HasClasses ? Positions : 0),
        Counts = _counts.AsSpan(0, Counted == Positions ? 0 : Positions),
        Weights = weights,
        Features = _outputSize,
    };

    private int FillLengths(ReadOnlySpan<int> lengths, ReadOnlySpan<int> rows, int firstStep, int steps)
    {
        Grow(ref _lengths, rows.Length);
        int longest = 1;
        for (int i = 0; i < rows.Length; i++)
        {
            _lengths[i] = Math.Clamp(lengths[rows[i]] - firstStep, 0, steps);
            longest = Math.Max(longest, _lengths[i]);
        }

        // As short as can be, if the model takes so few steps.
        return _rules.Takes(longest) ? longest : steps;
    }

    private int CountPositions()
    {
        if (!_shape.HasLengths && !_shape.HasPresent && _masking is null && !_shape.HasClasses)
        {
            return Positions;
        }

        Grow(ref _counts, Positions);
        int counted = 0;
        for (int row = 0; row < _shape.Rows; row++)
        {
            bool any = false;
            for (int step = 0; step < _shape.Steps; step++)
            {
                bool there = IsThere(row, step);
                any |= there;
                if (_everyStep)
                {
                    counted += Count((row * _shape.Steps) + step, there);
                }
            }

            counted += _everyStep ? 0 : Count(row, any);
        }

        return counted;
    }

    private int Count(int position, bool there)
    {
        _counts[position] = there && (!_shape.HasClasses || _classes[position] >= 0);
        return _counts[position] ? 1 : 0;
    }

    private bool IsThere(int row, int step)
    {
        int place = (row * _shape.Steps) + step;
        return (!_shape.HasLengths || step < _lengths[row])
            && (!_shape.HasPresent || _present[place])
            && (_masking is null || !HasMaskValue(place));
    }

    private bool HasMaskValue(int place)
    {
        if (_shape.Features == 0)
        {
            return _indices[place] == _masking!.Value;
        }

        T mask = T.CreateTruncating(_masking!.Value);
        foreach (T value in _x.AsSpan(place * _shape.Features, _shape.Features))
        {
            if (value != mask && !(T.IsNaN(value) && T.IsNaN(mask)))
            {
                return false;
            }
        }

        return true;
    }

    private readonly record struct Shape(
        int Rows, int Steps, int Features, bool HasLengths, bool HasPresent, bool HasValues, bool HasClasses);
}
