using BenchmarkDotNet.Running;

// In this process, because the project that BenchmarkDotNet would generate knows neither our build properties nor where
// the native library lies; short unless asked otherwise. Speed against others and against the machine is bench/peers.
string[] job = args.Contains("--job") || args.Contains("-j") ? [] : ["--job", "short"];
string[] place = args.Contains("--inProcess") || args.Contains("-i") ? [] : ["--inProcess"];
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run([.. args, .. place, .. job]);
