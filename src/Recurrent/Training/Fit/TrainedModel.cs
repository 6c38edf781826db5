using Recurrent.Layers;

namespace Recurrent.Training;

/// <summary>What of a model the fit loop has to know: one sequence goes in, one output is compared with targets.</summary>
internal static class TrainedModel
{
    /// <summary>Whether every step of a sequence has an output; else the sequence has one.</summary>
    public static bool PutsOutSteps(ModelDefinition definition) =>
        definition.Graph.Outputs[0].Kind == ValueKind.Sequence;

    /// <summary>Refuses models whose data is no <see cref="Sequences{T}"/> with <see cref="Targets{T}"/>.</summary>
    public static void Require(ModelDefinition definition, string argument)
    {
        LayerGraph graph = definition.Graph;
        if (!graph.IsSingle)
        {
            throw new ArgumentException(
                $"{argument}: expected a model of one input and one output, found the inputs {string.Join(", ", graph.InputNames)} "
                + $"and the outputs {string.Join(", ", graph.OutputNames)}. GradientSession trains models of several.",
                argument);
        }

        TimeBase time = graph.Values[graph.Outputs[0].Value].Time;
        if (PutsOutSteps(definition) && time != TimeBase.Model)
        {
            throw new ArgumentException(
                $"{argument}: expected an output of as many steps as the input has, or of one, found {time} of "
                + $"{graph.OutputNames[0]}. GradientSession trains models of other steps.",
                argument);
        }
    }
}
