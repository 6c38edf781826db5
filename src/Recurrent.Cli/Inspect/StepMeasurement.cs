using Recurrent.Cli.Bench;
using Recurrent.Cli.Models;
using Recurrent.Layers;

namespace Recurrent.Cli.Inspect;

/// <summary>How long a step of a model takes on this machine; all times in microseconds of one step.</summary>
/// <param name="InstructionSet">The instruction set in use.</param>
/// <param name="PackedBytes">Bytes of packed weights.</param>
/// <param name="Predicted">What the cost model says.</param>
/// <param name="Measured">The measurement; null without one.</param>
internal sealed record StepMeasurement(
    InstructionSet InstructionSet, long PackedBytes, double Predicted, StepTimes? Measured)
{
    // A model with a reverse direction cannot be stepped; a step is then a part of a sequence of so many.
    private const int SequenceLength = 100;
    private const int Turns = 10;

    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(20);

    /// <summary>Predicts the time of a step, and measures it.</summary>
    /// <param name="definition">The model.</param>
    /// <param name="formats">The formats that weights are computed in.</param>
    /// <param name="measure">Whether to measure.</param>
    public static StepMeasurement Of(ModelDefinition definition, ModelOptions formats, bool measure)
    {
        using RecurrentModel model = RecurrentModel.Create(definition, formats);
        using Session session = model.OpenSession();
        int steps = definition.CanStep ? 1 : Math.Clamp(SequenceLength, definition.LeastTime, definition.MostTime);
        double predicted = session.Explain(steps).Single(way => way.IsChosen).PredictedMicroseconds / steps;
        return new StepMeasurement(
            model.InstructionSet, model.PackedBytes, predicted, measure ? Measure(session, definition, steps) : null);
    }

    // Like bench: the call and an empty loop take turns, so that a busy machine shows in both.
    private static StepTimes Measure(Session session, ModelDefinition definition, int steps)
    {
        var call = new ModelCall(session, SequenceInput.Random(definition, steps, batch: 1, seed: 1));
        var latencies = new LatencyHistogram(Sampler.WarmUp(call));
        Sampler.Turn(call, Turn, latencies);
        var control = new LatencyHistogram(latencies.Block);
        var loop = new EmptyLoop(latencies.Percentile(0.5));
        Sampler.Turn(loop, Turn, control);
        latencies.Clear();
        control.Clear();
        for (int i = 0; i < Turns; i++)
        {
            Sampler.Turn(call, Turn, latencies);
            Sampler.Turn(loop, Turn, control);
        }

        return new StepTimes(
            latencies.Count,
            Microseconds(latencies, 0.5), Microseconds(latencies, 0.99),
            Microseconds(control, 0.5), Microseconds(control, 0.99));

        double Microseconds(LatencyHistogram histogram, double share) => 1e-3 * histogram.Percentile(share) / steps;
    }

    private sealed class ModelCall : TimedCall
    {
        private readonly Session _session;
        private readonly SessionInput _feed;
        private readonly int _time;
        private readonly OutputBuffer<float>[] _outputs;

        public ModelCall(Session session, SequenceInput input)
        {
            _session = session;
            _feed = new SessionInput(session, input);
            _time = input.Time;
            _outputs =
            [
                .. session.Model.Outputs.Select((output, index) => new OutputBuffer<float>(
                    output.Name, new float[(session.Model.CanStep ? 1 : session.Model.OutputSteps(index, _time)) * output.Size])),
            ];
        }

        public override void Call()
        {
            if (_session.Model.CanStep)
            {
                _feed.Step(0, _outputs);
            }
            else
            {
                _session.Reset();
                _feed.Run(0, _time, _outputs);
            }
        }
    }
}
