using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>
/// How near to the gradients in double those in float have to be. What roundings do to a model is measured, part by part:
/// by the reference in float, and by how far gradients move when parameters, inputs, states and the gradients of the loss
/// are a rounding away.
/// </summary>
/// <remarks>
/// A measure of that kind can be multiplied as long as it is small: gradients then move in proportion to what moves them.
/// A recurrence that is chaotic, or a value beside a kink of its activation, has gradients that a rounding anywhere sends
/// elsewhere, by orders of magnitude, and no number of samples bounds how far. Such a part has no gradient in float that
/// could be right or wrong; it shows itself by one of the models, all of them as right as the one in double, being away by
/// more than <see cref="Share"/>. What can be judged of it is the way back: over the same outputs, the gradients of the
/// reference in float are exact to within the roundings of that way, on which nothing is chaotic, for it is linear. The
/// built-in product gives the same outputs, bit for bit; of Intel MKL's there is no reference, and nothing is judged.
/// </remarks>
internal sealed class GradientRule
{
    /// <summary>The most, of a part's largest gradient, that roundings may move for it to be judged by double.</summary>
    public const double Share = 1e-3;

    // How much more than measured: the native kernels round every product, slope and sum.
    private const double Slack = 16;

    // A rounding of an output's gradient, which is of size 1: softmax, for one, takes differences of those.
    private const double Rounding = 1.2e-7;

    // Of products and slopes in a row; the sums over all steps, which the reference has in double, come on top.
    private const double Roundings = 32;
    private const double RoundingsOfSum = 4;

    // Models that are disturbed, and by how many roundings. Outputs that are not those of the reference have roundings that
    // no measure has met: more models, and larger steps, find the kinks that one of those might pass.
    private const int Models = 3;
    private const int ModelsOfOtherOutputs = 6;
    private const double StepOfOtherOutputs = 4;

    private readonly GradientData _data;
    private readonly IReadOnlyList<ParameterBlock> _blocks;
    private readonly bool _hasSameOutputs;
    private readonly double _step;
    private readonly (string Name, double[] Values)[] _exact;
    private readonly double[][] _reference;
    private readonly double[][][] _disturbed;
    private readonly Lazy<double[][][]> _disturbedOnTheWayBack;

    /// <summary>Measures what roundings do to a model.</summary>
    /// <param name="data">The model and the loss.</param>
    /// <param name="blocks">The blocks of its parameters.</param>
    /// <param name="hasSameOutputs">Whether what will be judged has the outputs of the reference, bit for bit.</param>
    public GradientRule(GradientData data, IReadOnlyList<ParameterBlock> blocks, bool hasSameOutputs)
    {
        _data = data;
        _blocks = blocks;
        _hasSameOutputs = hasSameOutputs;
        _step = hasSameOutputs ? 1 : StepOfOtherOutputs;
        _exact = [.. data.ComputeReference<double>().Parts(blocks)];
        _reference = Values(data.ComputeReference<float>());
        _disturbed =
        [
            .. Enumerable.Range(1, hasSameOutputs ? Models : ModelsOfOtherOutputs)
                .Select(number => Values(data.ComputeDisturbed(number, _step * Rounding))),
        ];
        _disturbedOnTheWayBack = new(() =>
        [
            .. Enumerable.Range(1, Models)
                .Select(number => Values(data.ComputeDisturbedOnTheWayBack(number, Rounding))),
        ]);
    }

    /// <summary>Fails if gradients are not near enough.</summary>
    /// <param name="actual">The gradients.</param>
    /// <param name="what">What they are, for the failure.</param>
    /// <returns>Whether all of them were judged by those in double: nothing overflows, nothing is chaotic.</returns>
    public bool Require(Gradients<float> actual, string what)
    {
        double[][] values = Values(actual);
        (GradientPart Part, int Index)[] parts =
        [
            .. Enumerable.Range(0, values.Length)
                .Where(index => values[index].Length > 0)
                .Select(index => (PartOf(index, values[index]), index)),
        ];
        // An overflow is nothing to compare, nor is the NaN that it becomes further back, times a slope of 0: the
        // reference, going back in double, has numbers there.
        bool overflows = parts.Any(
            item => item.Part.Overflows || (!IsJudged(item.Part) && !item.Part.Actual.All(double.IsFinite)));
        bool byDouble = true;
        foreach ((GradientPart part, int index) in parts)
        {
            if (part.Overflows || (overflows && part.Actual.Any(double.IsNaN)))
            {
                byDouble = false;
            }
            else if (IsDetermined(part))
            {
                part.Require(part.Exact, Allowed(part), what);
            }
            else
            {
                byDouble = false;
                if (_hasSameOutputs)
                {
                    part.Require(part.Reference, AllowedOnTheWayBack(part, index), $"chaotic, {what}");
                }
            }
        }

        return byDouble;
    }

    private static bool IsDetermined(GradientPart part) =>
        Math.Max(part.ReferenceError, part.Disturbance) <= Math.Max(Rounding, Share * part.Largest);

    private double[][] Values<T>(Gradients<T> gradients)
        where T : INumberBase<T> =>
        [.. gradients.Parts(_blocks).Select(part => Array.ConvertAll(part.Values, double.CreateChecked))];

    private bool IsJudged(GradientPart part) => _hasSameOutputs || IsDetermined(part);

    private double Allowed(GradientPart part)
    {
        double amplified = part.ReferenceError + (part.Disturbance / _step);
        double roundings = Rounding * (Roundings + (RoundingsOfSum * Math.Sqrt(_data.Case.Time * _data.Case.Batch)));
        return Math.Max(Rounding, (Slack * amplified) + (roundings * part.Largest));
    }

    private double AllowedOnTheWayBack(GradientPart part, int index)
    {
        double amplified = _disturbedOnTheWayBack.Value.Max(
            gradients => GradientPart.Distance(part.Reference, gradients[index]));
        return Math.Max(Rounding, (Slack * amplified) + (Share * part.LargestOfReference));
    }

    private GradientPart PartOf(int index, double[] actual) => new(
        _exact[index].Name,
        _exact[index].Values,
        [.. _disturbed.Select(gradients => gradients[index])],
        _reference[index],
        actual);
}
