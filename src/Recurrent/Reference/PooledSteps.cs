using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>The steps that a pooling layer makes one step of.</summary>
internal static class PooledSteps
{
    /// <summary>Those that are there, the oldest first; all of them for a pooling over time.</summary>
    /// <param name="specification">The layer.</param>
    /// <param name="t">The step that it outputs.</param>
    /// <param name="length">Steps of the row that it reads.</param>
    public static IEnumerable<int> Of(LayerSpecification specification, int t, int length) =>
        specification is WindowSpecification windows
            ? from place in Enumerable.Range(0, windows.KernelSize)
              let step = StepWindow.Step(windows, t, place)
              where step >= 0 && step < length
              select (int)step
            : Enumerable.Range(0, length);
}
