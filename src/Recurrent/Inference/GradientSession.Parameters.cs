using Recurrent.Interop;
using Recurrent.Layers;

namespace Recurrent;

/// <content>Parameters, gradients and moments, copied out and set.</content>
public sealed unsafe partial class GradientSession
{
    /// <summary>Copies all parameters out.</summary>
    /// <param name="values">Receives <c>[ParameterCount]</c>, of exactly that length.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void GetParameters(Span<float> values)
    {
        RequireParameters(values.Length, 1, nameof(values));
        Enter();
        fixed (float* memory = values)
        {
            Leave(NativeMethods.TrainerGetParameters(_native, memory, values.Length));
        }
    }

    /// <summary>Sets all parameters. A forward pass before it cannot be gone back through.</summary>
    /// <param name="values"><c>[ParameterCount]</c>, of exactly that length.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void SetParameters(ReadOnlySpan<float> values)
    {
        RequireParameters(values.Length, 1, nameof(values));
        Enter();
        _shape = default;
        fixed (float* memory = values)
        {
            Leave(NativeMethods.TrainerSetParameters(_native, memory, values.Length));
        }
    }

    /// <summary>
    /// Keeps the parameters of now, to go back to them with <see cref="RestoreParameters"/>: the last good ones of a
    /// training that may diverge. Nothing is copied; updates put new parameters beside them.
    /// </summary>
    /// <param name="keeps">False to keep none any more, which frees the memory.</param>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void KeepParameters(bool keeps = true)
    {
        Enter();
        Leave(NativeMethods.TrainerKeep(_native, keeps ? 1 : 0));
    }

    /// <summary>
    /// Takes the parameters back that were kept; they are still kept. Gradients and moments stay as they are. A forward
    /// pass before it cannot be gone back through.
    /// </summary>
    /// <exception cref="InvalidOperationException">None are kept, or another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void RestoreParameters()
    {
        Enter();
        _shape = default;
        NativeStatus status = NativeMethods.TrainerRestore(_native);
        if (status == NativeStatus.NotSupported)
        {
            _guard.Leave();
            throw new InvalidOperationException("RestoreParameters: none are kept. Call KeepParameters first.");
        }

        Leave(status);
    }

    /// <summary>
    /// Copies all gradients out: the sums of all backward passes since they were zeroed or renewed.
    /// </summary>
    /// <param name="values">Receives <c>[ParameterCount]</c>, of exactly that length.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void GetGradients(Span<float> values)
    {
        RequireParameters(values.Length, 1, nameof(values));
        Enter();
        fixed (float* memory = values)
        {
            Leave(NativeMethods.TrainerGetGradients(_native, memory, values.Length));
        }
    }

    /// <summary>Sets all gradients to zero.</summary>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void ZeroGradients()
    {
        Enter();
        Leave(NativeMethods.TrainerZeroGradients(_native));
    }

    /// <summary>Copies what the optimizer remembers.</summary>
    /// <param name="values">
    /// Receives <c>[2, ParameterCount]</c>: the mean (or momentum) before the mean square, 0 before the first update.
    /// </param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void GetMoments(Span<float> values)
    {
        RequireParameters(values.Length, 2, nameof(values));
        Enter();
        fixed (float* memory = values)
        {
            Leave(NativeMethods.TrainerGetMoments(_native, memory, values.Length));
        }
    }

    /// <summary>Sets what the optimizer remembers.</summary>
    /// <param name="values"><c>[2, ParameterCount]</c>, as <see cref="GetMoments"/> gave it.</param>
    /// <exception cref="ArgumentException">The length is wrong.</exception>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    /// <exception cref="ObjectDisposedException">The session has been disposed.</exception>
    public void SetMoments(ReadOnlySpan<float> values)
    {
        RequireParameters(values.Length, 2, nameof(values));
        Enter();
        fixed (float* memory = values)
        {
            Leave(NativeMethods.TrainerSetMoments(_native, memory, values.Length));
        }
    }

    private void RequireParameters(int length, int rows, string argument)
    {
        // Checked first, so that the message is built only when it is needed.
        if (length != (long)rows * ParameterCount)
        {
            Require.Shape(length, rows, ParameterCount, "[rows, ParameterCount]", argument);
        }
    }
}
