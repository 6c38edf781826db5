using System.Globalization;
using System.Security;
using System.Text;

namespace Recurrent.Training;

/// <summary>The losses of a history over its epochs, as an SVG; the loss on a logarithmic axis where it can be.</summary>
internal sealed class HistoryPlot
{
    private const double Width = 800;
    private const double Height = 420;
    private const double Left = 80;
    private const double Right = 20;
    private const double Top = 60;
    private const double Bottom = 50;
    private const int Ticks = 5;

    private static readonly (string Name, string Colour)[] Lines = [("loss", "#2b6cb0"), ("val_loss", "#cc4400")];

    private readonly StringBuilder _svg = new();
    private readonly int _epochs;
    private readonly bool _logarithmic;
    private readonly double _lowest;
    private readonly double _highest;

    private HistoryPlot(IReadOnlyList<double> values, int epochs)
    {
        _epochs = epochs;
        double[] finite = [.. values.Where(double.IsFinite)];
        _logarithmic = finite.Length > 0 && finite.Min() > 0;
        _lowest = finite.Length == 0 ? 0 : Scaled(finite.Min());
        _highest = finite.Length == 0 ? 1 : Scaled(finite.Max());
        if (_highest - _lowest < 1e-12)
        {
            (_lowest, _highest) = (_lowest - 0.5, _highest + 0.5);
        }
    }

    public static string Draw(History history, string title)
    {
        (string Name, string Colour)[] lines = [.. Lines.Where(line => history.Has(line.Name))];
        HistoryPlot plot = new([.. lines.SelectMany(line => history[line.Name])], history.Epochs);
        plot.Add($"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {Width} {Height}' width='{Width}' ");
        plot.Add($"height='{Height}' font-family='sans-serif' font-size='13' fill='#333'>\n");
        plot.Add($"<rect width='{Width}' height='{Height}' fill='white'/>\n");
        plot.AddText(title, Left, 26, "start");
        plot.AddAxes();
        for (int i = 0; i < lines.Length; i++)
        {
            plot.AddLine(history[lines[i].Name], lines[i].Name, lines[i].Colour, Left + (i * 110));
        }

        plot.Add($"</svg>\n");
        return plot._svg.ToString();
    }

    private void AddAxes()
    {
        for (int i = 0; i <= Ticks; i++)
        {
            double scaled = _lowest + ((_highest - _lowest) * i / Ticks);
            double y = Vertical(scaled);
            string label = (_logarithmic ? Math.Pow(10, scaled) : scaled).ToString("G3", CultureInfo.InvariantCulture);
            Add($"<path d='M{Left} {y:F1}H{Width - Right}' stroke='#ddd'/>\n");
            AddText(label, Left - 8, y + 4, "end");
        }

        for (int i = 0; i <= Math.Min(Ticks, _epochs - 1); i++)
        {
            int epoch = (int)Math.Round((double)(_epochs - 1) * i / Math.Max(Math.Min(Ticks, _epochs - 1), 1));
            AddText((epoch + 1).ToString(CultureInfo.InvariantCulture), Horizontal(epoch), Height - 28, "middle");
        }

        AddText("epoch", (Left + Width - Right) / 2, Height - 8, "middle");
    }

    private void AddLine(IReadOnlyList<double> values, string name, string colour, double legend)
    {
        Add($"<polyline fill='none' stroke='{colour}' stroke-width='1.8' points='");
        for (int epoch = 0; epoch < values.Count; epoch++)
        {
            if (double.IsFinite(values[epoch]))
            {
                Add($"{Horizontal(epoch):F1},{Vertical(Scaled(values[epoch])):F1} ");
            }
        }

        Add($"'/>\n<path d='M{legend} 44h24' stroke='{colour}' stroke-width='1.8'/>\n");
        AddText(name, legend + 30, 48, "start");
    }

    private void AddText(string text, double x, double y, string anchor) =>
        Add($"<text x='{x:F1}' y='{y:F1}' text-anchor='{anchor}'>{SecurityElement.Escape(text)}</text>\n");

    private void Add(FormattableString text) => _svg.Append(FormattableString.Invariant(text));

    private double Scaled(double value) => _logarithmic ? Math.Log10(value) : value;

    private double Horizontal(int epoch) => Left + ((Width - Right - Left) * epoch / Math.Max(_epochs - 1, 1));

    private double Vertical(double scaled) =>
        Height - Bottom - ((Height - Bottom - Top) * (scaled - _lowest) / (_highest - _lowest));
}
