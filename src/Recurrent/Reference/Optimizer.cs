using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>
/// One update by the formulas of <see cref="OptimizerKind"/>. What is the same for all parameters is computed in
/// double and rounded once; the rest is the arithmetic of <typeparamref name="T"/>.
/// </summary>
/// <typeparam name="T">The number type.</typeparam>
internal readonly ref struct Optimizer<T>
    where T : IFloatingPointIeee754<T>
{
    private readonly OptimizerKind _kind;
    private readonly bool _nesterov;
    private readonly T _rate;
    private readonly T _momentum;
    private readonly T _decay1;
    private readonly T _keep1;
    private readonly T _decay2;
    private readonly T _keep2;
    private readonly T _correction;
    private readonly T _epsilon;
    private readonly T _shrink;
    private readonly T _scale;
    private readonly T _bound;

    /// <summary>What is the same for all parameters.</summary>
    /// <param name="step">The update.</param>
    /// <param name="ofRows">
    /// Whether rows of a table are moved alone: the correction of the mean square is then in the rate, and epsilon beside
    /// the root of what is not corrected.
    /// </param>
    public Optimizer(in OptimizerStep step, bool ofRows = false)
    {
        bool isAdam = step.Kind is OptimizerKind.Adam or OptimizerKind.AdamW;
        double correction = isAdam ? 1 / (1 - Power(step.Decay2, step.Step)) : 1;
        double rate = isAdam ? step.Rate / (1 - Power(step.Decay1, step.Step)) : step.Rate;
        if (isAdam && ofRows)
        {
            rate = step.Rate * Math.Sqrt(1 - Power(step.Decay2, step.Step)) / (1 - Power(step.Decay1, step.Step));
            correction = 1;
        }

        _kind = step.Kind;
        _nesterov = step.Nesterov;
        _rate = T.CreateChecked(rate);
        _momentum = T.CreateChecked(step.Momentum);
        _decay1 = T.CreateChecked(step.Decay1);
        _keep1 = T.CreateChecked(1 - step.Decay1);
        _decay2 = T.CreateChecked(step.Decay2);
        _keep2 = T.CreateChecked(1 - step.Decay2);
        _correction = T.CreateChecked(correction);
        _epsilon = T.CreateChecked(step.Epsilon);
        _shrink = T.CreateChecked(step.Kind == OptimizerKind.AdamW ? 1 - (step.Rate * step.WeightDecay) : 1);
        _scale = T.CreateChecked(step.GradientScale);
        _bound = T.CreateChecked(step.GradientBound);
    }

    /// <summary>Moves parameters.</summary>
    /// <param name="parameters">The parameters; replaced.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="mean">The mean or momentum of each; replaced.</param>
    /// <param name="square">The mean square of each; replaced.</param>
    public void Update(Span<T> parameters, ReadOnlySpan<double> gradients, Span<T> mean, Span<T> square)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            T g = Bounded(T.CreateChecked(gradients[i]) * _scale);
            parameters[i] = _kind switch
            {
                OptimizerKind.Sgd => parameters[i] - (_rate * Sgd(g, ref mean[i])),
                OptimizerKind.RmsProp => parameters[i] - (_rate * RmsProp(g, ref mean[i], ref square[i])),
                _ => (parameters[i] * _shrink) - (_rate * Adam(g, ref mean[i], ref square[i])),
            };
        }
    }

    private T Sgd(T g, ref T momentum)
    {
        if (_momentum == T.Zero)
        {
            return g;
        }

        momentum = (_momentum * momentum) + g;
        return _nesterov ? g + (_momentum * momentum) : momentum;
    }

    private T RmsProp(T g, ref T momentum, ref T square)
    {
        square = (_decay2 * square) + (_keep2 * g * g);
        T move = g / (T.Sqrt(square) + _epsilon);
        if (_momentum == T.Zero)
        {
            return move;
        }

        momentum = (_momentum * momentum) + move;
        return momentum;
    }

    private T Adam(T g, ref T mean, ref T square)
    {
        mean = (_decay1 * mean) + (_keep1 * g);
        square = (_decay2 * square) + (_keep2 * g * g);
        return mean / (T.Sqrt(square * _correction) + _epsilon);
    }

    // Comparisons with NaN are false: NaN stays.
    private T Bounded(T g) => _bound == T.Zero ? g : g > _bound ? _bound : g < -_bound ? -_bound : g;

    /// <summary>By squaring, as the native library does: <c>Math.Pow</c> is that of the C library.</summary>
    private static double Power(double value, long exponent)
    {
        double result = 1;
        for (double square = value; exponent != 0; exponent >>= 1, square *= square)
        {
            result *= (exponent & 1) != 0 ? square : 1;
        }

        return result;
    }
}
