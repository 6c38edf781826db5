using System.Globalization;

namespace Recurrent.Cli.Bench;

/// <summary>A histogram as lines of text. Bars are logarithmic, because a tail is a few samples among millions.</summary>
internal static class HistogramText
{
    private const int BarWidth = 35;

    public static void Write(IReadOnlyList<HistogramBin> bins, TextWriter output)
    {
        output.WriteLine($"{"us per call",-21}{"calls",10}{"control",10}  calls, logarithmic");
        long most = bins.Max(bin => bin.Calls);
        bool inGap = false;
        foreach (HistogramBin bin in bins)
        {
            bool empty = bin is { Calls: 0, Control: 0 };
            if (!empty)
            {
                output.WriteLine(Line(bin, most));
            }
            else if (!inGap)
            {
                output.WriteLine("    ...");
            }

            inGap = empty;
        }
    }

    private static string Line(HistogramBin bin, long most)
    {
        string bar = new('#', bin.Calls == 0 ? 0 : 1 + (int)(BarWidth * Math.Log(bin.Calls) / Math.Log(Math.Max(2, most))));
        string range = $"{Numbers.Short(bin.From),9} - {Numbers.Short(bin.To),-9}";
        return string.Create(CultureInfo.InvariantCulture, $"{range}{bin.Calls,10}{bin.Control,10}  {bar}").TrimEnd();
    }
}
