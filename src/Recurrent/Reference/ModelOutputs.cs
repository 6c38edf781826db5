using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>Brings what a model has put out to where a call wants it.</summary>
internal static class ModelOutputs
{
    /// <summary>Copies the only output, unless it is not wanted.</summary>
    public static void Copy<T>(T[][] computed, Span<T> y)
    {
        if (!y.IsEmpty)
        {
            computed[0].CopyTo(y);
        }
    }

    /// <summary>Copies those that are wanted.</summary>
    public static void Copy<T>(
        T[][] computed, IReadOnlyList<string> names, ReadOnlySpan<OutputBuffer<T>> outputs)
    {
        for (int output = 0; output < computed.Length; output++)
        {
            int place = BufferPlaces.Find(outputs, names, output);
            if (place >= 0 && !outputs[place].Values.IsEmpty)
            {
                computed[output].CopyTo(outputs[place].Values);
            }
        }
    }
}
