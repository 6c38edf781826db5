using System.ComponentModel;
using System.Diagnostics;

namespace Recurrent.Formats.Tests.Onnx;

/// <summary>ONNX's own Python package, where the machine has it (Debian: python3-onnx).</summary>
internal static class PythonOnnx
{
    private const string Script = """
        import sys
        try:
            import onnx, onnx.checker, onnx.shape_inference
        except ImportError as missing:
            print(missing)
            sys.exit(3)
        for path in sys.argv[1:]:
            model = onnx.load(path)
            onnx.checker.check_model(model, full_check=True)
            inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
            axes = len(inferred.graph.output[0].type.tensor_type.shape.dim)
            produced = [value for value in inferred.graph.value_info if value.name == model.graph.node[-1].input[0]]
            assert len(produced) == 1, (path, 'the last tensor has no shape')
            assert len(produced[0].type.tensor_type.shape.dim) == axes, (path, produced[0])
        print('checked', len(sys.argv) - 1)
        """;

    /// <summary>
    /// Lets the checker look at files, with shape inference; the inferred output has to have as many axes as the declared
    /// one. Skips the test where the package is missing.
    /// </summary>
    public static void Check(IReadOnlyCollection<string> paths)
    {
        ProcessStartInfo start = new("python3", ["-c", Script, .. paths])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Debian's package is for Debian's interpreter, which need not be the first one in the path.
        const string Debian = "/usr/bin/python3";
        start.FileName = File.Exists(Debian) ? Debian : start.FileName;
        try
        {
            using Process process = Process.Start(start)!;
            Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.SkipWhen(process.ExitCode == 3, $"python3-onnx is not there: {output}");
            Assert.Equal($"checked {paths.Count}", output.TrimEnd());
            Assert.True(process.ExitCode == 0, error.Result);
        }
        catch (Win32Exception e)
        {
            Assert.Skip($"python3 is not there: {e.Message}");
        }
    }
}
