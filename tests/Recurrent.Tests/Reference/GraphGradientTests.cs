using Recurrent.Layers;
using Recurrent.Reference;
using Recurrent.Tests.Support;

namespace Recurrent.Tests.Reference;

/// <summary>Gradients of graphs against central differences in double, and by hand.</summary>
public sealed class GraphGradientTests
{
    private const double Step = 1e-5;

    [Fact]
    public void Gradients_of_graphs_are_those_of_central_differences() =>
        Property.Check(GraphCases.Arbitrary(layers: 8, time: 5, batch: 4, smooth: true), 250, @case =>
        {
            GraphData data = new(@case);
            GraphLoss loss = new(data);
            loss.GoBack();
            Random random = new(@case.Seed);
            Check("parameter", loss.Parameters, loss.ParameterGradients);
            Check("initial state", loss.States, loss.StateGradients);
            for (int input = 0; input < loss.Inputs.Length; input++)
            {
                Check($"input {input}", loss.Inputs[input], loss.InputGradients[input]);
            }

            void Check(string what, double[] values, double[] gradients)
            {
                double scale = gradients.Length == 0 ? 0 : gradients.Max(Math.Abs);
                int[] places = [.. Enumerable.Range(0, values.Length)];
                random.Shuffle(places);
                foreach (int i in places.Take(8))
                {
                    // A missing step has no gradient, and one that begins to be there would be another function.
                    if (double.IsNaN(values[i]) || values[i] == @case.Masking?.Value)
                    {
                        continue;
                    }

                    double slope = Slope(values, i);
                    double tolerance = 1e-6 * Math.Max(1e-2, Math.Max(scale, loss.Size));
                    if (Math.Abs(slope - gradients[i]) > tolerance)
                    {
                        Assert.Fail($"{what} {i} of {values.Length}: gradient {gradients[i]:R}, slope {slope:R}, {@case}");
                    }
                }
            }

            double Slope(double[] values, int i)
            {
                double value = values[i];
                values[i] = value + Step;
                double above = loss.Compute();
                values[i] = value - Step;
                double below = loss.Compute();
                values[i] = value;
                return (above - below) / (2 * Step);
            }
        });

    [Fact]
    public void A_value_that_is_read_twice_has_both_gradients()
    {
        ModelDefinition model = new(
            [ModelInput.Sequence("x", 1), ModelInput.Row("r", 1)],
            [new(new ProductLayer(1), 0, 0), new(new RepeatLayer(1), 1), new(new SumLayer(1), 0, 2, 3)],
            [new("y", 4), new("square", 2)]);
        ReferenceGradientSession<double> session = ReferenceGradientSession<double>.Open(model);
        double[] y = new double[2];
        session.Forward(
            new GradientBatch<double> { Inputs = [("r", new double[] { 5 }), ("x", new double[] { 2, 3 })], Time = 2, Batch = 1 },
            [y]);
        Assert.Equal([2 + 4 + 5, 3 + 9 + 5], y);
        double[] dx = new double[2];
        double[] dr = new double[1];
        session.Backward([("square", new double[] { 100, 0 }), ("y", new double[] { 1, 10 })], dInputs: [dx, dr]);
        Assert.Equal([1 + (2 * 2) + (100 * 4), 10 + (10 * 2 * 3)], dx);
        Assert.Equal([11], dr);
    }

    [Fact]
    public void Gradients_that_do_not_fit_are_refused()
    {
        ModelDefinition model = new(
            [ModelInput.Sequence("x", 2), ModelInput.Indices("i", 3)],
            [new(new SoftmaxLayer(2), 0), new(new LastStepLayer(2), 0)],
            [new("y", 2), new("last", 3)]);
        ReferenceGradientSession<double> session = ReferenceGradientSession<double>.Open(model);
        double[] two = new double[2];
        double[] four = new double[4];
        Assert.Throws<InvalidOperationException>(() => session.Backward([four]));
        session.Forward(Batch(), [four, two]);
        Refuse("dy", "found dy alone", () => session.Backward(four));
        Refuse("dOutputs", "expected one of y, last; found 'z'", () => session.Backward([("z", four)]));
        Refuse("dOutputs[0]", "found 2", () => session.Backward([two]));
        Refuse("dOutputs[1]", "found 4", () => session.Backward([four, four]));
        Refuse("dInputs[0]", "found 2", () => session.Backward([four], dInputs: [two]));
        Refuse("dInputs[0]", "an index has no gradient", () => session.Backward([four], dInputs: [("i", two)]));
        Refuse("y", "found", () => session.Forward(new GradientBatch<double> { X = four, Time = 2, Batch = 1 }, two), "x");
        Refuse(
            "batch.X", "so do the inputs",
            () => session.Forward(new GradientBatch<double> { X = four, Time = 2, Batch = 1 }, [four]));
        session.Forward(Batch(), [four]);
        session.Backward([four]);
        Refuse(
            "dropout", "reads 2 values",
            () => ReferenceGradientSession<double>.Open(
                new ModelDefinition([ModelInput.Sequence("x", 2)], [new(new SumLayer(2), 0, 0)], [new("y", 1)]),
                [new LayerDropout(Elements: 0.5f)]));

        GradientBatch<double> Batch() => new()
        {
            Inputs = (InputBuffer<double>[])[new double[4], new[] { 1, 2 }],
            Time = 2,
            Batch = 1,
        };

        static void Refuse(string argument, string text, Action call, string? other = null)
        {
            ArgumentException exception = Assert.ThrowsAny<ArgumentException>(call);
            Assert.Equal(other ?? argument, exception.ParamName);
            Assert.Contains(text, exception.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>A loss of all outputs and final states, and what its gradients are.</summary>
    private sealed class GraphLoss
    {
        private readonly GraphData _data;
        private readonly ReferenceGradientSession<double> _session;
        private readonly double[][] _dOutputs;
        private readonly double[] _dFinal;

        public GraphLoss(GraphData data)
        {
            _data = data;
            _session = ReferenceGradientSession<double>.Open(data.Definition);
            RandomFloats random = new(~data.Case.Seed);
            Parameters = new double[_session.ParameterCount];
            _session.GetParameters(Parameters);
            Inputs = [.. data.Features.Select(x => Array.ConvertAll(x, value => (double)value))];
            _dOutputs = [.. data.Unwritten().Select(y => Array.ConvertAll(random.States(y.Length), value => (double)value))];
            int states = data.Case.Batch * data.Definition.StateSize;
            _dFinal = Array.ConvertAll(random.States(states), value => (double)value);
            // Zeros if none are given: those of trained initial states belong to the parameters.
            States = data.States is null ? [] : Array.ConvertAll(data.States, value => (double)value);
        }

        public double[] Parameters { get; }

        public double[][] Inputs { get; }

        public double[] States { get; }

        public double[] ParameterGradients { get; private set; } = [];

        public double[] StateGradients { get; private set; } = [];

        public double[][] InputGradients { get; private set; } = [];

        /// <summary>The size of the terms of the loss.</summary>
        public double Size { get; private set; }

        public double Compute()
        {
            _session.SetParameters(Parameters);
            double[][] outputs = [.. _dOutputs.Select(dy => new double[dy.Length])];
            double[] final = new double[_dFinal.Length];
            _session.Forward(
                new GradientBatch<double>
                {
                    Inputs =
                    [
                        .. Inputs.Select((x, i) => _data.Definition.Inputs[i].Kind == ValueKind.Indices
                            ? new InputBuffer<double>(null, (ReadOnlyMemory<int>)_data.Indices[i])
                            : (InputBuffer<double>)x),
                    ],
                    Time = _data.Case.Time,
                    Batch = _data.Case.Batch,
                    Layout = _data.Case.Layout,
                    Lengths = _data.Lengths,
                    Present = _data.Present,
                    InitialStates = States,
                },
                [.. outputs.Select(y => (OutputBuffer<double>)y)],
                final);
            double[] terms = [.. _dOutputs.Append(_dFinal).Zip(outputs.Append(final)).SelectMany(
                pair => pair.First.Zip(pair.Second, (d, y) => d * y))];
            Size = terms.Length == 0 ? 0 : terms.Max(Math.Abs);
            return terms.Sum();
        }

        public void GoBack()
        {
            Compute();
            _session.ZeroGradients();
            InputGradients =
            [
                .. Inputs.Select((x, i) =>
                    new double[_data.Definition.Inputs[i].Kind == ValueKind.Indices ? 0 : x.Length]),
            ];
            StateGradients = new double[States.Length];
            _session.Backward(
                [.. _dOutputs.Select(dy => (InputBuffer<double>)dy)],
                _dFinal,
                [.. InputGradients.Select(dx => (OutputBuffer<double>)dx)],
                StateGradients);
            ParameterGradients = new double[Parameters.Length];
            _session.GetGradients(ParameterGradients);
        }
    }
}
