using System.Reflection;
using System.Runtime.InteropServices;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent.Tests.Support;

/// <summary>Model files as a program in C reads them.</summary>
internal static unsafe class NativeFile
{
    /// <summary>A model that the native library has made of a file, with what C# knows of it beside.</summary>
    public static RecurrentModel Load(ModelDefinition definition, byte[] file, InstructionSet isa)
    {
        nint native;
        TryLoad(file, isa, &native).ThrowIfFailed();
        ModelHandle handle = new();
        typeof(CountedHandle<ModelHandle>).GetMethod("Own", BindingFlags.NonPublic | BindingFlags.Instance)!
            .Invoke(handle, [native]);
        return (RecurrentModel)typeof(RecurrentModel)
            .GetConstructor(
                BindingFlags.NonPublic | BindingFlags.Instance,
                [typeof(ModelDefinition), typeof(ModelHandle), typeof(Lazy<StateFingerprints>)])!
            .Invoke([definition, handle, new Lazy<StateFingerprints>(() => StateFingerprints.Of(definition))]);
    }

    /// <summary>Whether the native library reads a file, and what it says.</summary>
    public static NativeStatus Try(byte[] file, out string message)
    {
        nint native;
        NativeStatus status = TryLoad(file, InstructionSet.Scalar, &native);
        message = Marshal.PtrToStringUTF8((nint)NativeMethods.LastError()) ?? string.Empty;
        NativeMethods.ModelDestroy(native);
        return status;
    }

    private static NativeStatus TryLoad(byte[] file, InstructionSet isa, nint* model)
    {
        NativeLibraryLoader.EnsureLoaded();
        var options = new NativeLoadOptions { Overrides = (uint)NativeOverride.Isa, Isa = (int)isa };
        fixed (byte* bytes = file)
        {
            return NativeMethods.ModelLoadMemory(bytes, file.Length, &options, model);
        }
    }
}
