using Recurrent.Cli.Data;

namespace Recurrent.Cli.Tests.Data;

/// <summary>Files damaged at random, the same at every run.</summary>
internal static class Damage
{
    private const int Trials = 5000;

    /// <summary>Whatever becomes of the file, it can be read or is refused.</summary>
    public static void Try(byte[] file, Func<byte[], DataArray> parse)
    {
        Random random = new(1);
        int refused = 0;
        for (int trial = 0; trial < Trials; trial++)
        {
            byte[] damaged = Spoil(file, random);
            try
            {
                DataArray array = parse(damaged);
                Assert.Equal(array.Shape.Aggregate(1, (count, size) => count * size), array.Values.Length);
            }
            catch (DataFormatException)
            {
                refused++;
            }
        }

        Assert.True(refused > Trials / 10, $"only {refused} of {Trials} were refused");
    }

    private static byte[] Spoil(byte[] file, Random random)
    {
        byte[] damaged = [.. file];
        switch (random.Next(3))
        {
            case 0:
                return damaged[..random.Next(damaged.Length)];
            case 1:
                for (int i = random.Next(1, 5); i > 0; i--)
                {
                    damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
                }

                return damaged;
            default:
                int at = random.Next(damaged.Length);
                byte[] more = new byte[random.Next(1, 9)];
                random.NextBytes(more);
                return [.. damaged[..at], .. more, .. damaged[at..]];
        }
    }
}
