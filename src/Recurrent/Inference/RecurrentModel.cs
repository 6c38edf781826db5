using System.Runtime.InteropServices;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <summary>
/// A sequence of layers with packed native weights: recurrent layers (stacked, bidirectional, projected), dense layers,
/// activations, an embedding, residual connections. <c>Predict</c> computes independent sequences; a
/// <see cref="Session"/> is a stream, whose states it carries on, and a thousand sessions share one copy of the weights.
/// Every call of either is one native call for the whole model.
/// </summary>
/// <remarks>
/// Immutable; any number of threads may use it. Sessions keep the native memory alive, so the model may be disposed
/// before them.
/// </remarks>
public sealed partial class RecurrentModel : IDisposable
{
    // Of no rows: predictions bring their own.
    private static readonly SessionOptions PredictorOptions = new() { Batch = 0 };

    private readonly ModelHandle _handle;
    private readonly SessionPool _predictors;

    private readonly Lazy<StateFingerprints> _fingerprints;

    private unsafe RecurrentModel(ModelDefinition definition, ModelHandle handle, Lazy<StateFingerprints> fingerprints)
    {
        NativeModelInfo info = new();
        NativeMethods.ModelGetInfo(handle.DangerousGetHandle(), &info).ThrowIfFailed();
        NativeFileInfo file = new();
        NativeMethods.ModelGetFileInfo(handle.DangerousGetHandle(), &file).ThrowIfFailed();
        PackedUse = (PackedUse)file.Packed;
        PackedReason = Marshal.PtrToStringUTF8((nint)file.PackedReason);
        // What is mapped is the file's.
        handle.Weigh(PackedUse == PackedUse.Mapped ? 0 : info.PackedBytes);
        _handle = handle;
        _predictors = new SessionPool(() => new Session(this, handle, PredictorOptions), this);
        Graph = definition.Graph;
        _fingerprints = fingerprints;
        PackedBytes = info.PackedBytes;
        InstructionSet = (InstructionSet)info.Isa;
        GemmProvider = (GemmProvider)info.GemmProvider;
    }

    /// <summary>What the layers are, from the input to the output.</summary>
    public IReadOnlyList<LayerSpecification> Layers => Graph.Specifications;

    /// <summary>What the model takes: the input <c>x</c>, if the layers follow each other.</summary>
    public IReadOnlyList<ModelInput> Inputs => Graph.Inputs;

    /// <summary>What the model puts out: the output <c>y</c>, if the layers follow each other.</summary>
    public IReadOnlyList<OutputValue> Outputs => Graph.Outputs;

    /// <summary>Features of an input step; 1 for a model that takes indices.</summary>
    public int InputSize => Graph.InputSize;

    /// <summary>Indices that the model knows, if it takes indices instead of features; otherwise 0.</summary>
    public int VocabularySize => Graph.VocabularySize;

    /// <summary>Features of an output step.</summary>
    public int OutputSize => Graph.OutputSize;

    /// <summary>What is put out for a sequence.</summary>
    public ModelOutput Output => Graph.Output;

    /// <summary>Whether steps may be missing; null if not.</summary>
    public Masking? Masking => Graph.Masking;

    /// <summary>Order of the axes of a sequence where a call does not say another.</summary>
    public SequenceLayout Layout => Graph.Layout;

    /// <summary>What the final state of a row is whose length is 0, where a session does not say another.</summary>
    public EmptyRow EmptyRow => Graph.EmptyRow;

    /// <summary>
    /// Elements of state of one batch row in all layers and directions, and the output that is repeated at missing steps
    /// if there is one: a row of a saved state.
    /// </summary>
    public int StateSize => Graph.StateSize;

    /// <summary>
    /// Whether every layer takes one step after the other, so that the model can be stepped and sequences cut anywhere.
    /// </summary>
    public bool CanStep => Graph.CanStep;

    /// <summary>
    /// What saved states of the model belong to: those of another model, or of one that computes with another format of
    /// weights, go on with other bits. Of a model that was loaded from its file, the first use reads all weights once.
    /// </summary>
    /// <exception cref="IOException">The model was loaded from a file, and that cannot be read or has been replaced.</exception>
    public StateFingerprints Fingerprints => _fingerprints.Value;

    /// <summary>Bytes of packed weights.</summary>
    public long PackedBytes { get; }

    /// <summary>The instruction set in use; never <see cref="InstructionSet.Auto"/>.</summary>
    public InstructionSet InstructionSet { get; }

    /// <summary>The provider in use; never <see cref="GemmProvider.Auto"/>.</summary>
    public GemmProvider GemmProvider { get; }

    internal LayerGraph Graph { get; }

    /// <summary>Packs the weights of layers that follow each other.</summary>
    /// <param name="layers">
    /// 1 to 1024 layers, from the input to the output; each takes what the one before puts out.
    /// </param>
    /// <param name="options">How to compute them; null for the defaults.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentNullException">The list or a layer is null.</exception>
    /// <exception cref="ArgumentException">
    /// There is no layer or too many, or a layer does not fit the one before.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">
    /// The instruction set or provider that was asked for is not on this machine.
    /// </exception>
    /// <exception cref="NativeLibraryException">
    /// The native library cannot be used; the message says why. <see cref="Reference.ReferenceModel{T}"/> does without.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">The memory could not be had.</exception>
    public static RecurrentModel Create(IReadOnlyList<Layer> layers, ModelOptions? options = null) =>
        Create(new ModelDefinition(layers), options);

    /// <inheritdoc cref="Create(IReadOnlyList{Layer}, ModelOptions?)"/>
    public static RecurrentModel Create(params Layer[] layers) => Create((IReadOnlyList<Layer>)layers);

    /// <summary>Packs the weights of a model.</summary>
    /// <param name="definition">The model.</param>
    /// <param name="options">How to compute it; null for the defaults.</param>
    /// <returns>The model.</returns>
    /// <exception cref="ArgumentNullException">The definition is null.</exception>
    /// <exception cref="PlatformNotSupportedException">
    /// The instruction set or provider that was asked for is not on this machine.
    /// </exception>
    /// <exception cref="NativeLibraryException">
    /// The native library cannot be used; the message says why. <see cref="Reference.ReferenceModel{T}"/> does without.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">The memory could not be had.</exception>
    public static RecurrentModel Create(ModelDefinition definition, ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        using ModelDescription description = new(definition.Graph, options ?? new ModelOptions());
        ModelHandle handle = Pack(description);
        try
        {
            StateFingerprints fingerprints = description.Fingerprints();
            return new RecurrentModel(definition, handle, new Lazy<StateFingerprints>(fingerprints));
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>Who multiplies the input weights of one direction of a layer, and what was measured to choose.</summary>
    /// <param name="layer">Index of a recurrent layer.</param>
    /// <param name="direction">Forward or Reverse, one that the layer has.</param>
    /// <returns>The provider in use; times where <see cref="GemmProvider.Auto"/> had to measure.</returns>
    /// <exception cref="ArgumentException">There is no such recurrent layer, or it has no such direction.</exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    public unsafe ProductInfo GetProductInfo(int layer, Direction direction = Direction.Forward)
    {
        Graph.RecurrentAt(layer, nameof(layer)).RequireDirection(direction, nameof(direction));
        bool held = false;
        try
        {
            _handle.DangerousAddRef(ref held);
            NativeProductInfo info = new();
            NativeMethods.ModelGetProductInfo(
                _handle.DangerousGetHandle(), layer, (int)direction, &info).ThrowIfFailed();
            return new ProductInfo((GemmProvider)info.Provider, (int)info.Rows, info.BuiltinUs, info.MklUs);
        }
        finally
        {
            if (held)
            {
                _handle.DangerousRelease();
            }
        }
    }

    /// <inheritdoc cref="ModelDefinition.OutputSteps"/>
    public int OutputSteps(int output, int time) => Graph.RequireOutputSteps(output, time);

    /// <summary>Opens a session with the states that a sequence starts from.</summary>
    /// <param name="options">Batch and threads; null for one row and one thread.</param>
    /// <returns>The session; the caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="ArgumentException">The batch is so large that a step would not fit a span.</exception>
    /// <exception cref="InsufficientMemoryException">The memory could not be had.</exception>
    public Session OpenSession(SessionOptions? options = null)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return new Session(this, _handle, options ?? new SessionOptions());
    }

    /// <summary>Opens a session with the states that a sequence starts from and one thread.</summary>
    /// <param name="batch">Batch rows, 0 or more; with 0 every call succeeds and does nothing.</param>
    /// <returns>The session; the caller disposes it.</returns>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="ArgumentException">
    /// The batch is negative, or so large that a step would not fit a span.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">The memory could not be had.</exception>
    public Session OpenSession(int batch) =>
        OpenSession(new SessionOptions { Batch = Require.Within(batch, 0, int.MaxValue, nameof(batch)) });

    /// <summary>Opens a pool of streams that come and go, of which any advance together.</summary>
    /// <param name="capacity">Streams that it is to have room for, 1 to 1,048,576.</param>
    /// <returns>The pool, with no stream open; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is out of range.</exception>
    /// <exception cref="NotSupportedException">
    /// A layer needs the whole sequence, such as one with a reverse direction.
    /// </exception>
    /// <exception cref="ObjectDisposedException">The model has been disposed.</exception>
    /// <exception cref="InsufficientMemoryException">The memory could not be had.</exception>
    public StreamPool OpenPool(int capacity)
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        return new StreamPool(
            this, _handle, Require.Within(capacity, 1, NativeConstants.MaxStreams, nameof(capacity)));
    }

    /// <summary>Gives a pool this model instead of its own.</summary>
    internal NativeStatus Replace(nint pool)
    {
        bool held = false;
        try
        {
            _handle.DangerousAddRef(ref held);
            return NativeMethods.PoolReplace(pool, _handle.DangerousGetHandle());
        }
        finally
        {
            if (held)
            {
                _handle.DangerousRelease();
            }
        }
    }

    /// <summary>
    /// Waits for the running predictions, refuses new ones and new sessions, and gives the model up. Open sessions go on.
    /// However many threads call it, it returns to each of them only when all that is done.
    /// </summary>
    public void Dispose() => _predictors.Close(_handle);

    private static ModelHandle Pack(ModelDescription description)
    {
        try
        {
            return description.Create();
        }
        catch (NativeLibraryException exception)
        {
            throw new NativeLibraryException(
                exception.Message + Environment.NewLine
                + "Without the library, Recurrent.Reference.ReferenceModel<float> computes the same bits, slowly.",
                exception)
            {
                LibraryPath = exception.LibraryPath,
            };
        }
    }
}
