using Recurrent.Layers;

namespace Recurrent.Cli.Models;

/// <summary>Gives an input to a session, features or indices.</summary>
internal static class SessionInput
{
    /// <summary>Advances by one step of the input.</summary>
    public static void Step(this Session session, SequenceInput input, int step, Span<float> y)
    {
        int features = input.Batch * session.Model.InputSize;
        if (session.Model.VocabularySize > 0)
        {
            session.StepIndices(input.Indices.Span.Slice(step * features, features), y);
        }
        else
        {
            session.Step(input.Features.Span.Slice(step * features, features), y);
        }
    }

    /// <summary>Advances by some steps of the input.</summary>
    /// <param name="session">The session.</param>
    /// <param name="input">The input.</param>
    /// <param name="from">The first step.</param>
    /// <param name="count">Number of steps.</param>
    /// <param name="y">Receives the output.</param>
    /// <param name="lengths">Valid steps of each row; null for all.</param>
    public static void Run(
        this Session session, SequenceInput input, int from, int count, Span<float> y, int[]? lengths = null)
    {
        int features = input.Batch * session.Model.InputSize;
        var mask = new SequenceMask { Lengths = lengths };
        if (session.Model.VocabularySize > 0)
        {
            ReadOnlySpan<int> indices = input.Indices.Span.Slice(from * features, count * features);
            session.RunIndices(indices, y, count, mask, SequenceInput.Layout);
        }
        else
        {
            ReadOnlySpan<float> x = input.Features.Span.Slice(from * features, count * features);
            session.Run(x, y, count, mask, SequenceInput.Layout);
        }
    }
}
