// Finds voices in a thousand streams of sound at the same time: WAV files, played at their own speed, each from a place of its own,
// through one small model in one process.
//
//   dotnet run -c Release --project samples/voices                      sounds that it makes itself
//   dotnet run -c Release --project samples/voices -- --wav FOLDER      your WAV files
using System.CommandLine;
using Voices;

Option<DirectoryInfo?> wav = new("--wav") { Description = "a folder of WAV files; without it, sounds are made" };
Option<int> streams = new("--streams") { Description = "streams (default 1000)", DefaultValueFactory = _ => 1000 };
Option<int> seconds = new("--seconds") { Description = "how long (default 10)", DefaultValueFactory = _ => 10 };
Option<int> workers = new("--workers") { Description = "threads that compute (default 1)", DefaultValueFactory = _ => 1 };
RootCommand root = new("Finds voices in many streams of sound at the same time.") { wav, streams, seconds, workers };
root.SetAction((parsed, cancellation) => Service.RunAsync(
    parsed.GetValue(wav),
    parsed.GetRequiredValue(streams),
    TimeSpan.FromSeconds(parsed.GetRequiredValue(seconds)),
    parsed.GetRequiredValue(workers),
    cancellation));
return await root.Parse(args).InvokeAsync();
