using Recurrent.Layers;
using Recurrent.Reference;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>
/// Computes a definition in doubles one layer at a time: recurrent and dense layers by the reference, all else written out
/// here. So it depends on nothing that models have in common.
/// </summary>
internal sealed class LayerByLayer
{
    private readonly ModelDefinition _definition;
    private readonly int _time;
    private readonly int _batch;
    private readonly int[] _lengths;
    private readonly Dictionary<(int Layer, Direction Direction, StateKind Kind), double[]> _states = [];

    public LayerByLayer(ModelDefinition definition, int time, int batch, int[]? lengths)
    {
        _definition = definition;
        _time = time;
        _batch = batch;
        _lengths = lengths ?? [.. Enumerable.Repeat(time, batch)];
    }

    public void SetState(int layer, Direction direction, StateKind kind, double[] state) =>
        _states[(layer, direction, kind)] = state;

    public double[] GetState(int layer, Direction direction, StateKind kind) => _states[(layer, direction, kind)];

    /// <summary>Runs sequences <c>[time, batch, features]</c>; gives the same, or one step.</summary>
    public double[] Run(double[] input)
    {
        List<double[]> inputs = [];
        List<double[]> finals = [];
        double[] current = input;
        double[] final = [];
        for (int i = 0; i < _definition.Layers.Count; i++)
        {
            inputs.Add(current);
            finals.Add(final);
            Layer layer = _definition.Layers[i];
            if (layer is RecurrentLayer recurrent)
            {
                current = Recur(i, recurrent, current);
                final = FinalState(i, recurrent.Specification);
                continue;
            }

            // Final states cannot be had of what goes around the recurrent layer.
            bool hasFinal = final.Length > 0 && !(layer is ResidualLayer around && finals[i - around.Specification.Span].Length == 0);
            final = hasFinal ? Map(layer, final, span => finals[i - span]) : [];
            current = Map(layer, current, span => inputs[i - span]);
        }

        return _definition.Output switch
        {
            ModelOutput.EveryStep => current,
            ModelOutput.LastStep => LastStep(current),
            _ => final,
        };
    }

    private double[] Recur(int index, RecurrentLayer layer, double[] input)
    {
        RecurrentSpecification specification = layer.Specification;
        ReferenceSession<double> session = ReferenceModel<double>.Create(layer).OpenSession(_batch, EmptyRow.ZeroesState);
        foreach ((Direction direction, CellWeights? weights) in
            new[] { (Direction.Forward, layer.Forward), (Direction.Reverse, layer.Reverse) })
        {
            if (weights is null)
            {
                continue;
            }

            Begin(session, (index, direction, StateKind.Hidden), weights.InitialHidden.ToArray());
            if (specification.HasCellState)
            {
                Begin(session, (index, direction, StateKind.Cell), weights.InitialCell.ToArray());
            }
        }

        double[] output = new double[_time * _batch * specification.OutputSize];
        session.Run(input, output, _time, _lengths);
        foreach ((int Layer, Direction Direction, StateKind Kind) key in _states.Keys.Where(key => key.Layer == index).ToArray())
        {
            double[] state = new double[_batch * specification.HiddenSize];
            session.GetState(0, key.Direction, key.Kind, state);
            _states[key] = state;
        }

        return output;
    }

    private void Begin(ReferenceSession<double> session, (int, Direction Direction, StateKind Kind) key, float[] initial)
    {
        if (!_states.TryGetValue(key, out double[]? state))
        {
            int size = ((RecurrentSpecification)session.Model.Layers[0]).HiddenSize;
            state = [.. Enumerable.Range(0, _batch).SelectMany(_ => initial.Length == 0
                ? new double[size]
                : initial.Select(value => (double)value))];
            _states.Add(key, state);
        }

        session.SetState(0, key.Direction, key.Kind, state);
    }

    private double[] FinalState(int index, RecurrentSpecification specification)
    {
        Direction[] directions = specification.Direction == Direction.Bidirectional
            ? [Direction.Forward, Direction.Reverse]
            : [specification.Direction];
        return [.. Enumerable.Range(0, _batch).SelectMany(row => directions.SelectMany(direction =>
            _states[(index, direction, StateKind.Hidden)]
                .Skip(row * specification.HiddenSize).Take(specification.HiddenSize)))];
    }

    private double[] LastStep(double[] sequence)
    {
        int size = sequence.Length / (_time * _batch);
        return [.. Enumerable.Range(0, _batch).SelectMany(row =>
            sequence.Skip((((_lengths[row] - 1) * _batch) + row) * size).Take(size))];
    }

    private static double[] Map(Layer layer, double[] input, Func<int, double[]> inputOf) => layer switch
    {
        DenseLayer dense => Dense(dense, input),
        ScaleLayer scale => [.. input.Select((x, i) =>
        {
            int j = i % scale.Factors.Length;
            return (x * scale.Factors.Span[j]) + (scale.Offsets.IsEmpty ? 0 : scale.Offsets.Span[j]);
        })],
        ActivationLayer activation => [.. input.Select(x => Activate(activation.Specification.Activation, x))],
        SoftmaxLayer softmax => [.. input.Chunk(softmax.Specification.InputSize).SelectMany(step =>
        {
            double sum = step.Sum(x => Math.Exp(x - step.Max()));
            return step.Select(x => Math.Exp(x - step.Max()) / sum);
        })],
        ResidualLayer residual => Add(input, inputOf(residual.Specification.Span), residual.Specification.InputSize),
        EmbeddingLayer embedding => [.. input.SelectMany(index => embedding.Table.ToArray()
            .Skip((int)index * embedding.Specification.OutputSize).Take(embedding.Specification.OutputSize)
            .Select(value => (double)value))],
        _ => throw new InvalidOperationException($"{layer.GetType()}"),
    };

    private static double[] Add(double[] input, double[] origin, int size)
    {
        int originSize = origin.Length / (input.Length / size);
        return [.. input.Select((x, i) => x + origin[(i / size * originSize) + (i % size)])];
    }

    private static double[] Dense(DenseLayer dense, double[] input)
    {
        DenseSpecification specification = dense.Specification;
        double[] output = new double[input.Length / specification.InputSize * specification.OutputSize];
        for (int i = 0; i < output.Length; i++)
        {
            (int step, int unit) = Math.DivRem(i, specification.OutputSize);
            double sum = dense.Weights.Bias.IsEmpty ? 0 : dense.Weights.Bias.Span[unit];
            for (int k = 0; k < specification.InputSize; k++)
            {
                sum += dense.Weights.Kernel.Span[(unit * specification.InputSize) + k]
                    * input[(step * specification.InputSize) + k];
            }

            output[i] = Activate(specification.Activation, sum);
        }

        return output;
    }

    private static double Activate(Activation activation, double a) => activation.Kind switch
    {
        ActivationKind.Tanh => Math.Tanh(a),
        ActivationKind.Sigmoid => 1 / (1 + Math.Exp(-a)),
        ActivationKind.Relu => Math.Max(a, 0),
        ActivationKind.Identity => a,
        ActivationKind.HardSigmoid => Math.Clamp((activation.Alpha * a) + activation.Beta, 0, 1),
        ActivationKind.LeakyRelu => a < 0 ? activation.Alpha * a : a,
        ActivationKind.Elu => a < 0 ? activation.Alpha * (Math.Exp(a) - 1) : a,
        ActivationKind.Softsign => a / (1 + Math.Abs(a)),
        ActivationKind.Softplus => Math.Log(1 + Math.Exp(a)),
        ActivationKind.ThresholdedRelu => a >= activation.Alpha ? a : 0,
        _ => throw new InvalidOperationException($"{activation}"),
    };
}
