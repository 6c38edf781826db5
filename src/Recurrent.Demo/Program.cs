// The tutorial of the library. Without a name: a model is trained, a file becomes a model in one line, and a model takes a
// stream step by step. `text` trains a character model, `quality` prints the errors of twenty seeds. The last argument is
// the folder for plots, artifacts/demo by default. What is claimed is checked: the exit code is 0 if all of it held.
using System.Globalization;
using Recurrent.Demo;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
string data = Path.Combine(AppContext.BaseDirectory, "data");
string name = args.Length > 0 && args[0] is "text" or "quality" ? args[0] : string.Empty;
string[] rest = name.Length > 0 ? args[1..] : args;
string plotFolder = rest.Length > 0 ? rest[0] : Path.Combine("artifacts", "demo");
Directory.CreateDirectory(plotFolder);
if (name == "text")
{
    return CharacterModel.Run(Path.Combine(data, "text"), plotFolder) ? 0 : 1;
}

if (name == "quality")
{
    return Quality.Run(data) ? 0 : 1;
}

Console.WriteLine("Sunspots: a forecaster is trained");
bool trainingHeld = TrainForecast.Run(data, plotFolder);
Console.WriteLine();
Console.WriteLine("Sunspots: every year from the ten before it, with PyTorch's parameters");
bool forecastHeld = Forecast.Run(data, plotFolder);
Console.WriteLine();
Console.WriteLine("Amplifier: one second of guitar");
bool amplifierHeld = Amplifier.Run(data);
return trainingHeld && forecastHeld && amplifierHeld ? 0 : 1;
