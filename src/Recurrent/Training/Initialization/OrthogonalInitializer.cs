namespace Recurrent.Training;

/// <summary>
/// Normal numbers made orthonormal, column by column of the tall side (Gram and Schmidt, twice: once is not orthogonal to
/// the last bits). The diagonal of R is then positive, so the matrix is uniform over all orthogonal ones (Mezzadri 2007).
/// </summary>
internal sealed class OrthogonalInitializer(double gain) : Initializer
{
    public override void Fill(Span<float> values, InitializerShape shape, SeededRandom random)
    {
        bool tall = shape.Rows >= shape.Columns;
        int length = tall ? shape.Rows : shape.Columns;
        var vectors = new double[tall ? shape.Columns : shape.Rows][];
        for (int i = 0; i < vectors.Length; i++)
        {
            vectors[i] = NextVector(vectors.AsSpan(0, i), length, random);
            for (int j = 0; j < length; j++)
            {
                values[tall ? (j * shape.Columns) + i : (i * shape.Columns) + j] = (float)(gain * vectors[i][j]);
            }
        }
    }

    private static double[] NextVector(ReadOnlySpan<double[]> before, int length, SeededRandom random)
    {
        var vector = new double[length];
        foreach (ref double element in vector.AsSpan())
        {
            element = random.NextNormal();
        }

        for (int pass = 0; pass < 2; pass++)
        {
            foreach (double[] other in before)
            {
                AddScaled(vector, -Dot(vector, other), other);
            }
        }

        double norm = Math.Sqrt(Dot(vector, vector));
        foreach (ref double element in vector.AsSpan())
        {
            element /= norm;
        }

        return vector;
    }

    private static double Dot(double[] a, double[] b)
    {
        double sum = 0;
        for (int i = 0; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    private static void AddScaled(double[] vector, double factor, double[] other)
    {
        for (int i = 0; i < vector.Length; i++)
        {
            vector[i] += factor * other[i];
        }
    }
}
