using System.Globalization;
using Recurrent.Layers;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>
/// <c>Erf</c> and <c>Gelu</c> as layers, beside the functions in double precision: the bounds of docs/import.md. A run takes a
/// float in 4,096; RECURRENT_TEST_FACTOR=4096 takes all of those that count.
/// </summary>
public sealed class ErrorFunctionTests(ITestOutputHelper output)
{
    private const int Stride = 4096;
    private const int Features = 512;
    private const int Steps = 512;

    // Beyond it nothing changes but the sign.
    private const float Largest = 16;

    /// <summary>Operator, what it approximates, and the largest error; of more than 1 relative to the input.</summary>
    public static TheoryData<string, string, double> Functions => new()
    {
        { "Erf", "", 4.5e-7 },
        { "Gelu", "none", 2e-7 },
        { "Gelu", "tanh", 1.5e-7 },
    };

    [Theory]
    [MemberData(nameof(Functions))]
    public void Is_Right_Within_Its_Bound(string operation, string approximate, double bound)
    {
        var graph = new GraphBuilder().Input("x", 0, 0, Features);
        graph.Model.OpsetImport[0].Version = 20;
        graph.Node(operation, "x", "y", approximate.Length > 0 ? [GraphBuilder.Text("approximate", approximate)] : []).Output("y");
        using RecurrentModel model = RecurrentModel.Create(
            graph.File().ToModel(new ImportOptions { Layout = SequenceLayout.BatchMajor }).Definition);
        Func<double, double> exact = (operation, approximate) switch
        {
            ("Erf", _) => Exact,
            (_, "none") => x => x / 2 * (1 + Exact(x / Math.Sqrt(2))),
            _ => x => x / 2 * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + (0.044715 * x * x * x)))),
        };

        string? factor = Environment.GetEnvironmentVariable("RECURRENT_TEST_FACTOR");
        long stride = Math.Max(1, Stride / (string.IsNullOrEmpty(factor) ? 1 : int.Parse(factor, CultureInfo.InvariantCulture)));
        int last = BitConverter.SingleToInt32Bits(Largest);
        float[] x = new float[Features * Steps];
        (double Error, float At) worst = (-1, 0);
        long count = 0;
        for (long bits = 0; bits <= last;)
        {
            for (int i = 0; i < x.Length; i += 2, bits = Math.Min(bits + stride, last + 1L))
            {
                x[i] = BitConverter.Int32BitsToSingle((int)Math.Min(bits, last));
                x[i + 1] = -x[i];
            }

            count += x.Length;
            float[] y = model.Predict([new InputBuffer<float>("x", x)], batch: 1, Steps)[0];
            Lock guard = new();
            Parallel.For(0, Steps, step =>
            {
                (double Error, float At) mine = (-1, 0);
                for (int i = step * Features; i < (step + 1) * Features; i++)
                {
                    double error = Math.Abs(y[i] - exact(x[i])) / Math.Max(1, Math.Abs(x[i]));
                    // Asked this way round, a NaN is an error too.
                    if (!(error <= mine.Error))
                    {
                        mine = (error, x[i]);
                    }
                }

                lock (guard)
                {
                    worst = mine.Error <= worst.Error ? worst : mine;
                }
            });
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} inputs: at most {worst.Error:g4}, at {worst.At:R}"));
        Assert.True(worst.Error <= bound, $"{worst.Error} at {worst.At:R}, expected at most {bound}");
    }

    /// <summary>The error function: its series of positive terms, and far out the continued fraction of what is missing to 1.</summary>
    private static double Exact(double x)
    {
        if (Math.Abs(x) > 6)
        {
            return Math.Sign(x);
        }

        double square = x * x;
        if (Math.Abs(x) > 3)
        {
            double fraction = 0;
            for (int n = 40; n > 0; n--)
            {
                fraction = n / 2.0 / (Math.Abs(x) + fraction);
            }

            return Math.Sign(x) * (1 - (Math.Exp(-square) / Math.Sqrt(Math.PI) / (Math.Abs(x) + fraction)));
        }

        double term = x;
        double sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++)
        {
            term *= 2 * square / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-square) * sum;
    }
}
