using Recurrent.Layers;

namespace Recurrent.Serving;

/// <summary>The steps of one call of the pool. A worker has one and uses it again.</summary>
internal sealed class StepBatch
{
    private readonly StepShape _shape;
    private readonly LiveStream[] _streams;
    private readonly long[] _versions;
    private readonly StreamId[] _ids;
    private readonly int[] _steps;
    private readonly float[] _x;
    private readonly int[] _indices;
    private readonly float[] _y;
    // Of a model that is not plain: each input and output by itself.
    private readonly float[][] _inputs;
    private readonly float[][] _outputs;
    private readonly InputBuffer<float>[] _inputBuffers;
    private readonly OutputBuffer<float>[] _outputBuffers;

    public StepBatch(StepShape shape, int maxRows)
    {
        _shape = shape;
        Capacity = maxRows;
        _streams = new LiveStream[maxRows];
        _versions = new long[maxRows];
        _ids = new StreamId[maxRows];
        _steps = new int[maxRows];
        _x = new float[shape.TakesIndices ? 0 : Require.Elements(maxRows, shape.InputSize, "[MaxRows, InputSize]", "options")];
        _indices = new int[shape.TakesIndices ? maxRows : 0];
        _y = new float[Require.Elements(maxRows, shape.OutputSize, "[MaxRows, OutputSize]", "options")];
        _inputs = shape.IsPlain ? [] : [.. shape.Inputs.Select(input => new float[maxRows * input.Size])];
        _outputs = shape.IsPlain ? [] : [.. shape.Outputs.Select(output => new float[maxRows * output.Size])];
        _inputBuffers = new InputBuffer<float>[_inputs.Length];
        _outputBuffers = new OutputBuffer<float>[_outputs.Length];
    }

    /// <summary>Steps that there is room for.</summary>
    public int Capacity { get; }

    /// <summary>Streams of the call.</summary>
    public int Count { get; private set; }

    /// <summary>Steps of all of them.</summary>
    public int Rows { get; private set; }

    public LiveStream Stream(int i) => _streams[i];

    public long Version(int i) => _versions[i];

    public int Steps(int i) => _steps[i];

    public void Clear()
    {
        Count = 0;
        Rows = 0;
    }

    /// <summary>Adds the next steps of a stream. There has to be room for one.</summary>
    public void Add(LiveStream stream, long version)
    {
        int steps = Math.Min(Math.Min(stream.StepsLeft, _shape.StepsPerTurn), Capacity - Rows);
        int width = _shape.InputSize;
        if (_shape.TakesIndices)
        {
            stream.Gather(steps, _shape, default, _indices.AsSpan(Rows, steps));
        }
        else
        {
            stream.Gather(steps, _shape, _x.AsSpan(Rows * width, steps * width), default);
        }

        _streams[Count] = stream;
        _versions[Count] = version;
        _ids[Count] = stream.Id;
        _steps[Count] = steps;
        Count++;
        Rows += steps;
    }

    /// <summary>Advances all streams of the call.</summary>
    public void Run(StreamPool pool) => Run(pool, 0, Count, 0, Rows);

    /// <summary>Advances one of them alone, after a call of all of them has failed.</summary>
    public void RunOne(StreamPool pool, int i)
    {
        int row = 0;
        for (int before = 0; before < i; before++)
        {
            row += _steps[before];
        }

        Run(pool, i, 1, row, _steps[i]);
    }

    /// <summary>Output of the next stream, from the first one on.</summary>
    /// <param name="i">The stream.</param>
    /// <param name="row">Its first row; afterwards that of the next stream.</param>
    public ReadOnlySpan<float> Output(int i, ref int row)
    {
        int rows = _shape.HasOneOutput ? 1 : _steps[i];
        int first = _shape.HasOneOutput ? i : row;
        row += _steps[i];
        return _y.AsSpan(first * _shape.OutputSize, rows * _shape.OutputSize);
    }

    private void Run(StreamPool pool, int first, int count, int row, int rows)
    {
        ReadOnlySpan<StreamId> ids = _ids.AsSpan(first, count);
        if (!_shape.IsPlain)
        {
            RunBuffers(pool, ids, first);
            return;
        }

        Span<float> y = _shape.HasOneOutput
            ? _y.AsSpan(first * _shape.OutputSize, count * _shape.OutputSize)
            : _y.AsSpan(row * _shape.OutputSize, rows * _shape.OutputSize);
        ReadOnlySpan<int> steps = rows == count ? default : _steps.AsSpan(first, count);
        if (_shape.TakesIndices)
        {
            pool.RunIndices(ids, steps, _indices.AsSpan(row, rows), y);
        }
        else if (steps.IsEmpty)
        {
            pool.Step(ids, _x.AsSpan(row * _shape.InputSize, rows * _shape.InputSize), y);
        }
        else
        {
            pool.Run(ids, steps, _x.AsSpan(row * _shape.InputSize, rows * _shape.InputSize), y);
        }
    }

    // One step each, whose inputs lie one after the other.
    private void RunBuffers(StreamPool pool, ReadOnlySpan<StreamId> ids, int first)
    {
        int offset = 0;
        for (int input = 0; input < _inputs.Length; input++)
        {
            int size = _shape.Inputs[input].Size;
            for (int i = 0; i < ids.Length; i++)
            {
                _x.AsSpan(((first + i) * _shape.InputSize) + offset, size).CopyTo(_inputs[input].AsSpan(i * size));
            }

            _inputBuffers[input] = new(null, (ReadOnlyMemory<float>)_inputs[input].AsMemory(0, ids.Length * size));
            offset += size;
        }

        for (int output = 0; output < _outputs.Length; output++)
        {
            _outputBuffers[output] = new(null, _outputs[output].AsMemory(0, ids.Length * _shape.Outputs[output].Size));
        }

        pool.Run(ids, default, _inputBuffers, _outputBuffers);
        offset = 0;
        for (int output = 0; output < _outputs.Length; output++)
        {
            int size = _shape.Outputs[output].Size;
            for (int i = 0; i < ids.Length; i++)
            {
                _outputs[output].AsSpan(i * size, size).CopyTo(_y.AsSpan(((first + i) * _shape.OutputSize) + offset));
            }

            offset += size;
        }
    }
}
