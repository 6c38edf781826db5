using Recurrent.Layers;

namespace Recurrent.Reference;

/// <summary>What a caller gives to the inputs of a model, in their order.</summary>
/// <typeparam name="T">The number type.</typeparam>
/// <param name="Features">Of each input its features, as the layout says; empty for indices.</param>
/// <param name="Indices">Of each input its indices, likewise; empty for features.</param>
internal sealed record ModelInputs<T>(T[][] Features, int[][] Indices)
{
    /// <summary>The features of the only input.</summary>
    public static ModelInputs<T> Of(ReadOnlySpan<T> x) => new([x.ToArray()], [[]]);

    /// <summary>The indices of the only input.</summary>
    public static ModelInputs<T> Of(ReadOnlySpan<int> indices) => new([[]], [indices.ToArray()]);

    /// <summary>What a list of buffers has, checked.</summary>
    public static ModelInputs<T> Of(LayerGraph graph, ReadOnlySpan<InputBuffer<T>> buffers)
    {
        T[][] features = new T[graph.Inputs.Count][];
        int[][] indices = new int[graph.Inputs.Count][];
        for (int input = 0; input < features.Length; input++)
        {
            InputBuffer<T> buffer = buffers[BufferPlaces.Find(buffers, graph.InputNames, input)];
            features[input] = buffer.Values.ToArray();
            indices[input] = buffer.Indices.ToArray();
        }

        return new ModelInputs<T>(features, indices);
    }
}
