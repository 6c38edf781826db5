using System.Diagnostics.CodeAnalysis;
using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <summary>
/// The parameters of a model, their gradients, and what an optimizer remembers, with the memory and threads to train it.
/// One call across the native boundary per pass or update; nothing is allocated once a shape has been seen.
/// </summary>
/// <remarks>
/// It belongs to one caller at a time: a call during another one is refused with an
/// <see cref="InvalidOperationException"/>. <see cref="Dispose"/> may be called at any time and waits for the running call;
/// every member called afterwards throws an <see cref="ObjectDisposedException"/>. Outputs and final states are those of a
/// <see cref="Session"/> of the same model, bit for bit; docs/numerics.md says what gradients are.
/// </remarks>
public sealed unsafe partial class GradientSession : IGradientSession<float>
{
    // Why a raw value is safe: see Session.
    private readonly TrainerHandle _handle;
    private readonly nint _native;
    private CallGuard _guard;
    private GradientShape _shape;

    private GradientSession(ModelDefinition definition, TrainerHandle handle, int threads)
    {
        NativeTrainerInfo info = new();
        NativeMethods.TrainerGetInfo(handle.DangerousGetHandle(), &info).ThrowIfFailed();
        _handle = handle;
        _native = handle.DangerousGetHandle();
        Definition = definition;
        Threads = threads;
        Blocks = ParameterBlocks.Of(definition, nameof(definition));
        ParameterCount = ParameterBlocks.Count(Blocks);
        InstructionSet = (InstructionSet)info.Isa;
        GemmProvider = (GemmProvider)info.GemmProvider;
        RequireSameBlocks(info);
        // Parameters, packed ones, gradients, and two moments.
        handle.Weigh(5L * sizeof(float) * ParameterCount);
    }

    /// <summary>The model as it was opened.</summary>
    public ModelDefinition Definition { get; }

    /// <summary>Where each matrix and vector is among the parameters.</summary>
    public IReadOnlyList<ParameterBlock> Blocks { get; }

    /// <summary>Number of parameters.</summary>
    public int ParameterCount { get; }

    /// <summary>
    /// Elements of state of one batch row in all layers and directions, and the output that is repeated at missing steps
    /// if there is one.
    /// </summary>
    public int StateSize => Definition.Graph.StateSize;

    /// <summary>Threads that share the work of one call, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>The instruction set in use; never <see cref="InstructionSet.Auto"/>.</summary>
    public InstructionSet InstructionSet { get; }

    /// <summary>The provider in use; never <see cref="GemmProvider.Auto"/>.</summary>
    public GemmProvider GemmProvider { get; }

    /// <summary>Bytes that the last forward pass has kept for the backward pass.</summary>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public long TapeBytes
    {
        get
        {
            NativeTrainerInfo info = new();
            Enter();
            Leave(NativeMethods.TrainerGetInfo(_native, &info));
            return info.TapeBytes;
        }
    }

    /// <summary>Opens a session with the parameters of a model.</summary>
    /// <param name="definition">The model.</param>
    /// <param name="options">How to train it; null for the defaults.</param>
    /// <returns>The session; the caller disposes it.</returns>
    /// <exception cref="ArgumentNullException">The definition is null.</exception>
    /// <exception cref="ArgumentException">
    /// There are not as many dropout rates as layers, a rate is not from 0 up to but not including 1, something is to be
    /// dropped that a layer does not have, or the model has too many parameters.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">
    /// The instruction set or provider that was asked for is not on this machine.
    /// </exception>
    /// <exception cref="NativeLibraryException">
    /// The native library cannot be used; the message says why. <see cref="Reference.ReferenceGradientSession{T}"/> does
    /// without.
    /// </exception>
    /// <exception cref="InsufficientMemoryException">The memory could not be had.</exception>
    public static GradientSession Open(ModelDefinition definition, GradientSessionOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(definition);
        options ??= new GradientSessionOptions();
        GradientArguments.RequireDropout(definition.Graph, options.Dropout, "options.Dropout");
        TrainerHandle handle = Create(definition, options);
        try
        {
            return new GradientSession(definition, handle, options.Threads);
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    /// <summary>The model with the current parameters.</summary>
    /// <returns>A definition of its own: it does not change any more.</returns>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public ModelDefinition ToDefinition()
    {
        float[] parameters = new float[ParameterCount];
        GetParameters(parameters);
        return ParameterBlocks.Replace(Definition, Blocks, parameters);
    }

    /// <summary>Waits for the running call, refuses new ones, and frees the memory.</summary>
    public void Dispose() => _guard.Close(_handle);

    private static TrainerHandle Create(ModelDefinition definition, GradientSessionOptions options)
    {
        ModelOptions how = new() { InstructionSet = options.InstructionSet, GemmProvider = options.GemmProvider };
        using ModelDescription description = new(definition.Graph, how);
        float[] elements = [.. options.Dropout.Select(rates => rates.Elements)];
        float[] inputs = [.. options.Dropout.Select(rates => rates.Input)];
        float[] states = [.. options.Dropout.Select(rates => rates.State)];
        fixed (float* elementRates = elements, inputRates = inputs, stateRates = states)
        {
            NativeTrainerDesc trainer = new()
            {
                Threads = options.Threads,
                Dropout = elementRates,
                InputDropout = inputRates,
                RecurrentDropout = stateRates,
            };
            return description.CreateTrainer(&trainer);
        }
    }

    /// <summary>Both sides have to mean the same by a parameter's place.</summary>
    private void RequireSameBlocks(in NativeTrainerInfo info)
    {
        bool same = info.BlockCount == Blocks.Count && info.ParameterCount == ParameterCount
            && info.StateSize == StateSize;
        for (int i = 0; same && i < Blocks.Count; i++)
        {
            NativeParameterBlock native = new();
            NativeMethods.TrainerGetBlock(_native, i, &native).ThrowIfFailed();
            ParameterBlock found = new(
                native.Layer,
                (Direction)native.Direction,
                (ParameterRole)native.Role,
                (int)native.Offset,
                (int)native.Rows,
                (int)native.Columns);
            same = found == Blocks[i];
        }

        if (!same)
        {
            throw new RecurrentException("The native library lays a model's parameters out in another way; please report it.");
        }
    }

    private void Enter()
    {
        _guard.ThrowIfClosed(this);
        if (!_guard.TryEnter())
        {
            ThrowBusy();
        }
    }

    private void Leave(NativeStatus status)
    {
        _guard.Leave();
        status.ThrowIfFailed();
    }

    [DoesNotReturn]
    private void ThrowBusy()
    {
        _guard.ThrowIfClosed(this);
        throw new InvalidOperationException(
            "Another call is running on this session, which belongs to one caller at a time.");
    }
}
