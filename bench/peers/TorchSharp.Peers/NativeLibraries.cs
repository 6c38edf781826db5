using System.Runtime.InteropServices;

namespace Recurrent.Peers;

/// <summary>TorchSharp's own libraries, loaded before it looks for them: its message does not say what is missing.</summary>
internal static class NativeLibraries
{
    /// <returns>Why they do not load, in the loader's words without the folder; null if they do.</returns>
    public static string? WhyNot()
    {
        string folder = AppContext.BaseDirectory;
        try
        {
            NativeLibrary.Load(Path.Combine(folder, "libtorch.so"));
            NativeLibrary.Load(Path.Combine(folder, "libLibTorchSharp.so"));
            return null;
        }
        catch (DllNotFoundException exception)
        {
            string[] lines = exception.Message.Split('\n', StringSplitOptions.TrimEntries);
            string reason = lines.FirstOrDefault(line => line.StartsWith('/') && line.Contains("not found")) ?? lines[0];
            return reason.Replace(folder, "", StringComparison.Ordinal);
        }
    }
}
