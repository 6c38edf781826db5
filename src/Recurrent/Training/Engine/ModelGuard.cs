using System.Runtime.CompilerServices;

namespace Recurrent.Training;

/// <summary>
/// Lets one caller at a time use a model that is trained. What a fit calls on its way, callbacks and the progress, may look
/// at the model from the same thread. It may not train it: that would change what the fit computes.
/// </summary>
internal sealed class ModelGuard
{
    private int _owner;
    private bool _isOpen;
    private string _member = string.Empty;

    /// <summary>Begins a call that trains the model.</summary>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    public Scope Train([CallerMemberName] string member = "") => Enter(member, looks: false);

    /// <summary>Begins a call that callbacks of a fit may make, too.</summary>
    /// <exception cref="InvalidOperationException">Another call is running.</exception>
    public Scope Look([CallerMemberName] string member = "") => Enter(member, looks: true);

    /// <summary>Lets in what a fit calls, until the result is disposed of.</summary>
    public Opening Open()
    {
        _isOpen = true;
        return new Opening(this);
    }

    private Scope Enter(string member, bool looks)
    {
        int caller = Environment.CurrentManagedThreadId;
        int owner = Interlocked.CompareExchange(ref _owner, caller, 0);
        if (owner == 0)
        {
            _member = member;
            return new Scope(this, isNested: false);
        }

        if (owner == caller && _isOpen && looks)
        {
            _isOpen = false;
            return new Scope(this, isNested: true);
        }

        throw new InvalidOperationException(owner != caller
            ? $"{member}: {_member} is running on this model, which belongs to one caller at a time."
            : $"{member} cannot be called in the middle of {_member} on the same model. A callback of a fit may call Evaluate, "
                + "Predict, Capture and ToDefinition, and get and set parameters.");
    }

    /// <summary>A call that is running.</summary>
    public readonly struct Scope(ModelGuard guard, bool isNested) : IDisposable
    {
        public void Dispose()
        {
            guard._isOpen = isNested;
            if (!isNested)
            {
                Volatile.Write(ref guard._owner, 0);
            }
        }
    }

    /// <summary>The time in which a fit calls others.</summary>
    public readonly struct Opening(ModelGuard guard) : IDisposable
    {
        public void Dispose() => guard._isOpen = false;
    }
}
