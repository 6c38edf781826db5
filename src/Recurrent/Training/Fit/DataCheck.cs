using System.Globalization;
using System.Numerics;
using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>Refuses data that does not fit a model, before anything is computed.</summary>
internal static class DataCheck
{
    public static void RequireInputs<T>(ModelDefinition definition, Sequences<T> x, string argument)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(x, argument);
        int expected = definition.VocabularySize > 0 ? 0 : definition.InputSize;
        if (x.Features != expected)
        {
            throw new ArgumentException(
                $"{argument}: expected {Name(expected)}, found {Name(x.Features)}.", argument);
        }

        if (!x.Present.IsEmpty && definition.Masking is null)
        {
            throw new ArgumentException(
                $"{argument}: expected sequences without missing steps, because the model has no masking.", argument);
        }

        definition.Graph.StepRules.RequireTime(x.Time, $"{argument}.{nameof(x.Time)}");
        definition.Graph.StepRules.RequireLengths(x.Lengths.Span, $"{argument}.{nameof(x.Lengths)}");
    }

    public static void RequireTargets<T>(
        ModelDefinition definition, Sequences<T> x, Targets<T> y, Metric metric, string argument)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(y, argument);
        if (metric.NeedsClasses == y.Classes.IsEmpty && y.Length > 0 && metric is not Accuracy)
        {
            throw new ArgumentException(
                $"{argument}: expected {(metric.NeedsClasses ? "classes" : "numbers")} for {metric.Name}, found "
                + $"{(metric.NeedsClasses ? "numbers" : "classes")}.",
                argument);
        }

        long positions = (long)x.Count * (TrainedModel.PutsOutSteps(definition) ? x.Time : 1);
        long expected = positions * (y.Classes.IsEmpty ? definition.OutputSize : 1);
        if (y.Length != expected)
        {
            string time = TrainedModel.PutsOutSteps(definition) ? $", {x.Time}" : string.Empty;
            string features = y.Classes.IsEmpty ? $", {definition.OutputSize}" : string.Empty;
            throw new ArgumentException(
                $"{argument}: expected [{x.Count}{time}{features}], {expected} elements, found {y.Length}.", argument);
        }

        foreach (int target in y.Classes.Span)
        {
            if (target >= definition.OutputSize)
            {
                throw new ArgumentException(
                    $"{argument}: expected classes below {definition.OutputSize}, the model's output size, found "
                    + $"{target}.",
                    argument);
            }
        }
    }

    /// <summary>Weights of targets that fit otherwise.</summary>
    public static void RequireWeights<T>(ModelDefinition definition, Sequences<T> x, Targets<T> y, string argument)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        bool everyStep = TrainedModel.PutsOutSteps(definition);
        ReadOnlySpan<T> weights = y.Weights.Span;
        if (!weights.IsEmpty && weights.Length != x.Count && !(everyStep && weights.Length == (long)x.Count * x.Time))
        {
            string steps = everyStep ? $" or [{x.Count}, {x.Time}]" : string.Empty;
            throw new ArgumentException(
                $"{argument}: expected weights [{x.Count}]{steps}, found {weights.Length} elements.", argument);
        }

        for (int i = 0; i < weights.Length; i++)
        {
            if (!T.IsFinite(weights[i]) || weights[i] < T.Zero)
            {
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"{argument}: expected finite weights of 0 or more, found {weights[i]} at {i}."),
                    argument);
            }
        }

        foreach (int named in y.ClassWeights?.Keys ?? [])
        {
            if (definition.OutputSize > 1 && named >= definition.OutputSize)
            {
                throw new ArgumentException(
                    $"{argument}: expected weights of classes below {definition.OutputSize}, the model's output size, "
                    + $"found class {named}.",
                    argument);
            }
        }
    }

    private static string Name(int features) => features == 0 ? "indices (OfIndices)" : $"{features} features per step";
}
