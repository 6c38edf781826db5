namespace Recurrent.Interop;

/// <summary>Owner of a native trainer. As for a session, it is disposed only between calls.</summary>
internal sealed class TrainerHandle : CountedHandle<TrainerHandle>
{
    /// <summary>Owns nothing yet; <see cref="Create"/> is what callers want.</summary>
    internal TrainerHandle()
    {
    }

    /// <summary>Creates a trainer; loads the library if this is the first call.</summary>
    /// <exception cref="NativeLibraryException">There is no usable native library.</exception>
    internal static unsafe TrainerHandle Create(NativeModelDesc* model, NativeTrainerDesc* desc)
    {
        NativeLibraryLoader.EnsureLoaded();
        TrainerHandle trainer = new();
        nint native;
        NativeMethods.TrainerCreate(model, desc, &native).ThrowIfFailed();
        trainer.Own(native);
        return trainer;
    }

    private protected override void Destroy(nint native) => NativeMethods.TrainerDestroy(native);
}
