namespace Recurrent.Tests.Support;

/// <summary>Values for tests, from a seed.</summary>
/// <param name="seed">The seed.</param>
/// <param name="special">
/// Whether denormals, zeros of both signs, huge values, infinities and NaN are among them.
/// </param>
internal sealed class RandomFloats(int seed, bool special = false)
{
    private static readonly float[] Unusual =
    [
        0f, -0f, float.Epsilon, -1e-40f, 1.1754942e-38f, 1.1754944e-38f, 3e-38f, 1e30f, -1e30f, 1e-20f,
        float.PositiveInfinity, float.NaN,
    ];

    private readonly Random _random = new(seed);

    /// <summary>A matrix whose products with inputs of size 1 are of size 1 to 3.</summary>
    public float[] Weights(int rows, int columns)
    {
        float scale = (1 + (2 * _random.NextSingle())) / MathF.Sqrt(columns);
        float[] weights = Fill(rows * columns, scale);
        // Among weights only what cannot drown everything else.
        Sprinkle(weights, Unusual.AsSpan(0, 7), 50);
        return weights;
    }

    public float[] Biases(int count) => Fill(count, 0.5f);

    public float[] Inputs(int count)
    {
        float[] inputs = Fill(count, 1.5f);
        Sprinkle(inputs, Unusual, 200);
        return inputs;
    }

    public float[] States(int count) => Fill(count, 1);

    public int[] Lengths(int batch, int time) =>
        [.. Enumerable.Range(0, batch).Select(_ => _random.Next(4) == 0 ? time : _random.Next(time + 1))];

    public int[] Indices(int count, int vocabulary) =>
        [.. Enumerable.Range(0, count).Select(_ => _random.Next(vocabulary))];

    /// <summary>One of three is false.</summary>
    public bool[] Present(int count) => [.. Enumerable.Range(0, count).Select(_ => _random.Next(3) != 0)];

    private float[] Fill(int count, float scale)
    {
        float[] values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = scale * ((2 * _random.NextSingle()) - 1);
        }

        return values;
    }

    private void Sprinkle(float[] values, ReadOnlySpan<float> unusual, int oneOf)
    {
        for (int i = 0; special && i < values.Length; i++)
        {
            if (_random.Next(oneOf) == 0)
            {
                values[i] = unusual[_random.Next(unusual.Length)];
            }
        }
    }
}
