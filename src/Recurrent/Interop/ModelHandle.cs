using System.Text;

namespace Recurrent.Interop;

/// <summary>Owner of a native model.</summary>
internal sealed class ModelHandle : CountedHandle<ModelHandle>
{
    /// <summary>Owns nothing yet; <see cref="Create"/> is what callers want.</summary>
    internal ModelHandle()
    {
    }

    /// <summary>Creates a model; loads the library if this is the first call.</summary>
    /// <exception cref="NativeLibraryException">There is no usable native library.</exception>
    internal static unsafe ModelHandle Create(NativeModelDesc* desc)
    {
        NativeLibraryLoader.EnsureLoaded();
        ModelHandle model = new();
        nint native;
        NativeMethods.ModelCreate(desc, &native).ThrowIfFailed();
        model.Own(native);
        return model;
    }

    /// <summary>Loads a model from a file.</summary>
    /// <exception cref="NativeLibraryException">There is no usable native library.</exception>
    internal static unsafe ModelHandle Load(string path, NativeLoadOptions options)
    {
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"{nameof(path)}: expected no zero character, found one.", nameof(path));
        }

        NativeLibraryLoader.EnsureLoaded();
        ModelHandle model = new();
        nint loaded;
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        {
            NativeMethods.ModelLoad(name, &options, &loaded).ThrowIfFailed();
        }

        model.Own(loaded);
        return model;
    }

    private protected override void Destroy(nint native) => NativeMethods.ModelDestroy(native);
}
