using System.Runtime.InteropServices;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

public sealed partial class RecurrentModel
{
    /// <summary>What became of the packed weights of the file that the model was loaded from.</summary>
    public PackedUse PackedUse { get; }

    /// <summary>Why packed weights of the file were ignored; null if they were not.</summary>
    public string? PackedReason { get; }

    /// <summary>
    /// Loads a model file of this library: <c>recurrent_model_load</c>. <c>Recurrent.Formats.RecurrentFile.LoadModel</c> does it
    /// with the path alone.
    /// </summary>
    /// <param name="path">Path of a file that <c>Recurrent.Formats.RecurrentFile</c> has written.</param>
    /// <param name="definition">
    /// The layers, inputs and outputs of the file. The model has the weights of the file; only <see cref="Fingerprints"/> looks at
    /// those of the definition, when it is used.
    /// </param>
    /// <param name="packed">What is done with packed weights of the file.</param>
    /// <param name="options">
    /// Instruction set and provider, and the formats of weights that the file names; null for the defaults.
    /// </param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentNullException">The path or the definition is null.</exception>
    /// <exception cref="ArgumentException">
    /// The path is empty or has a zero character, or the file has another model than the definition.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">A value is not defined.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="InvalidDataException">The file is no model file of this library, or damaged.</exception>
    /// <exception cref="PlatformNotSupportedException">
    /// The instruction set or provider that was asked for is not on this machine.
    /// </exception>
    /// <exception cref="NativeLibraryException">The native library cannot be used; the message says why.</exception>
    /// <exception cref="InsufficientMemoryException">The memory could not be had.</exception>
    public static RecurrentModel LoadFile(
        string path, ModelDefinition definition, PackedLoading packed = PackedLoading.Copy, ModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(definition);
        Require.Defined(packed, nameof(packed));
        options ??= new ModelOptions();
        ModelHandle handle = Load(path, packed, options.InstructionSet, options.GemmProvider);
        try
        {
            if (!IsOf(handle, definition.Graph))
            {
                throw new ArgumentException(
                    $"{nameof(definition)}: expected the layers, inputs and outputs of the file, found others.",
                    nameof(definition));
            }

            // What could not be read may be there the next time.
            Lazy<StateFingerprints> fingerprints = new(
                () => StateFingerprints.Of(definition, options), LazyThreadSafetyMode.PublicationOnly);
            return new RecurrentModel(definition, handle, fingerprints);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static ModelHandle Load(
        string path, PackedLoading packed, InstructionSet instructionSet, GemmProvider provider = default) =>
        ModelHandle.Load(path, new NativeLoadOptions
        {
            Overrides = (uint)NativeOverride.Isa,
            Isa = (int)instructionSet,
            GemmProvider = (int)provider,
            Packed = (int)packed,
        });

    // What calls go by: memory is written by these sizes.
    private static unsafe bool IsOf(ModelHandle handle, LayerGraph graph)
    {
        nint model = handle.DangerousGetHandle();
        NativeModelInfo info = new();
        NativeMethods.ModelGetInfo(model, &info).ThrowIfFailed();
        bool isSame = info.LayerCount == graph.Layers.Count
            && info.InputCount == graph.Inputs.Count
            && info.OutputCount == graph.Outputs.Count
            && info.StateSize == graph.StateSize
            && info.CanStep == (graph.CanStep ? 1 : 0);
        for (int i = 0; isSame && i < graph.Inputs.Count; i++)
        {
            NativeValueInfo input = new();
            NativeMethods.ModelGetInput(model, i, &input).ThrowIfFailed();
            isSame = IsSame(input, graph.Inputs[i].Kind, graph.Inputs[i].Size, graph.Inputs[i].Name);
        }

        for (int i = 0; isSame && i < graph.Outputs.Count; i++)
        {
            NativeValueInfo output = new();
            NativeMethods.ModelGetOutput(model, i, &output).ThrowIfFailed();
            isSame = IsSame(output, graph.Outputs[i].Kind, graph.Outputs[i].Size, graph.Outputs[i].Name);
        }

        GC.KeepAlive(handle);
        return isSame;

        static bool IsSame(in NativeValueInfo found, ValueKind kind, int size, string name) =>
            found.Kind == (int)kind && found.Size == size && Marshal.PtrToStringUTF8((nint)found.Name) == name;
    }
}
