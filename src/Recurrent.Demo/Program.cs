// The tutorial of the library: a file becomes a model in one line, and a model takes a stream step by step. The argument
// is the folder for the plot, artifacts/demo by default. What is claimed is checked: the exit code is 0 if all of it held.
using System.Globalization;
using Recurrent.Demo;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string data = Path.Combine(AppContext.BaseDirectory, "data");
string plotFolder = args.Length > 0 ? args[0] : Path.Combine("artifacts", "demo");

Console.WriteLine("Sunspots: every year from the ten before it");
bool forecastHeld = Forecast.Run(data, plotFolder);
Console.WriteLine();
Console.WriteLine("Amplifier: one second of guitar");
bool amplifierHeld = Amplifier.Run(data);
return forecastHeld && amplifierHeld ? 0 : 1;
