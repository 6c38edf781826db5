using Recurrent.Benchmarks;
using Recurrent.Layers;

namespace Recurrent.Streams;

/// <summary>An LSTM with random weights and as many inputs as units.</summary>
internal static class BenchModel
{
    public static ModelDefinition Lstm(int hidden) => new([Models.Layer(Cell.Lstm, hidden, hidden)]);

    /// <summary>Inputs that are the same for the same stream and step.</summary>
    public static void Fill(Span<float> x, int stream, long step)
    {
        uint state = (uint)((stream * 747_796_405L) + (step * 2_891_336_453L) + 1);
        for (int i = 0; i < x.Length; i++)
        {
            state = (state * 1_664_525) + 1_013_904_223;
            x[i] = ((state >> 8) * (2f / (1 << 24))) - 1;
        }
    }
}
