using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>Layers that put out steps of a sequence, or a row many times: which step of what they read each step is.</summary>
internal static class StepSelection
{
    /// <summary>Whether a layer is one of them.</summary>
    public static bool Is(LayerSpecification specification) => specification
        is LastStepSpecification or LastStepsSpecification or ReverseSpecification or RepeatSpecification;

    /// <summary>The step of a row that a step is a copy of.</summary>
    /// <param name="specification">The layer.</param>
    /// <param name="step">The step that is put out.</param>
    /// <param name="length">Steps of the row that are put out.</param>
    /// <param name="lengthRead">Steps of the row that are read.</param>
    public static int Source(LayerSpecification specification, int step, int length, int lengthRead) =>
        specification switch
        {
            RepeatSpecification => 0,
            ReverseSpecification => lengthRead - 1 - step,
            // The last ones.
            _ => lengthRead - length + step,
        };
}
