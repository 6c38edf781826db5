// Forecasts the yearly sunspot numbers of 1947 to 2008 with a trained LSTM: every year from the ten before it, one step
// at a time. The argument is the folder for the plot, artifacts/demo by default.
using System.Globalization;
using System.Runtime.InteropServices;
using Recurrent;
using Recurrent.Demo;
using Recurrent.Formats;
using Recurrent.Layers;
using Recurrent.Reference;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string data = Path.Combine(AppContext.BaseDirectory, "data");
string plotFolder = args.Length > 0 ? args[0] : Path.Combine("artifacts", "demo");

// The series, and the file with parameters, test windows [62, 10, 1], targets and PyTorch's predictions [62, 1].
const int FirstYear = 1700;
IEnumerable<string> lines = File.ReadLines(Path.Combine(data, "sunspots_yearly_1700_2008.csv"));
double[] sunspots = [.. lines.Skip(1).Select(double.Parse)];
SafetensorsFile file = SafetensorsFile.Open(Path.Combine(data, "sunspots_yearly_lstm20.safetensors"));
float[] windows = file["test.windows"].ToSingles();
float[] targets = file["test.targets"].ToSingles();
float[] pyTorch = file["test.predictions"].ToSingles();
double scale = double.Parse(file.Metadata["scale_max"]);

// A model is its layers with packed weights: immutable, for any thread. PyTorch's parameters become layers by name.
Layer[] layers = [.. PyTorch.Lstm(file, "lstm"), PyTorch.Linear(file, "dense")];
using RecurrentModel model = RecurrentModel.Create(layers);

// A session holds the state of one stream, or of a batch of them: mutable, for one caller.
using Session session = model.OpenSession();
int count = targets.Length;
int years = windows.Length / count;
float[] outputs = new float[windows.Length];
for (int window = 0; window < count; window++)
{
    session.Reset();
    for (int year = window * years; year < (window + 1) * years; year++)
    {
        session.Step(windows.AsSpan(year, 1), outputs.AsSpan(year, 1));
    }
}

// The output after a window's last year is the forecast of the next one. Persistence forecasts no change.
float[] forecasts = LastOfEach(outputs);
double error = MeanSquaredError(forecasts, targets);
double persistenceError = MeanSquaredError(LastOfEach(windows), targets);
double largestDifference = forecasts.Zip(pyTorch, (ours, theirs) => Math.Abs((double)ours - theirs)).Max();

// The managed reference computes the same bits without native code. Here it takes all windows at once, as a batch.
float[] expected = new float[windows.Length];
ReferenceModel<float>.Create(layers).OpenSession(count).Run(windows, expected, years, SequenceLayout.BatchMajor);
bool sameBits = MemoryMarshal.AsBytes<float>(outputs).SequenceEqual(MemoryMarshal.AsBytes<float>(expected));

StepLatency latency = StepLatency.Measure(session, windows);

string plot = Path.Combine(plotFolder, "sunspots.svg");
Directory.CreateDirectory(plotFolder);
new SvgPlot("Yearly sunspot numbers, forecast one year ahead", "year", "mean sunspot number")
    .Line("measured", "#7a9cc6", FirstYear, sunspots)
    .Line("forecast", "#cc4400", FirstYear + sunspots.Length - count, [.. forecasts.Select(value => value * scale)])
    .Save(plot);

Console.WriteLine($"""
    model         LSTM(20) + Dense(1), {model.InstructionSet}, {model.PackedBytes} bytes of packed weights
    forecasts     {count} windows of {years} years, streamed step by step
    MSE           {error:F5}; of persistence {persistenceError:F5}
    PyTorch       largest difference from its recorded predictions {largestDifference:0.0e-00} (at most 1e-06)
    reference     {(sameBits ? "the same bits" : "OTHER BITS")} in all {outputs.Length} outputs
    latency       {latency}
    allocation    {latency.AllocatedBytesPerStep} managed bytes a step
    plot          {plot}
    """);
return largestDifference <= 1e-6 && sameBits && latency.AllocatedBytesPerStep == 0 ? 0 : 1;

float[] LastOfEach(float[] values) => [.. values.Where((_, i) => i % years == years - 1)];

static double MeanSquaredError(float[] values, float[] targets) =>
    values.Zip(targets, (value, target) => Math.Pow((double)value - target, 2)).Average();
