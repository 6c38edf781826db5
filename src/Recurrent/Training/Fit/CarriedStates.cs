namespace Recurrent.Training;

/// <summary>The states that go on from one piece of sequences to the next.</summary>
internal sealed class CarriedStates<T>(BatchPlan plan, int stateSize)
    where T : unmanaged
{
    private T[] _current = plan.CarriesStates ? new T[plan.BatchSize * stateSize] : [];
    private T[] _next = plan.CarriesStates ? new T[plan.BatchSize * stateSize] : [];

    public ReadOnlySpan<T> All => _current;

    /// <summary>States to begin a piece with; none for the first one.</summary>
    public ReadOnlySpan<T> Initial(int batch) =>
        plan.FirstStep(batch) == 0 ? [] : _current.AsSpan(0, plan.Rows(batch) * stateSize);

    /// <summary>Where the final states of a piece go.</summary>
    public Span<T> Final(int batch) => plan.CarriesStates ? _next.AsSpan(0, plan.Rows(batch) * stateSize) : [];

    public void Advance() => (_current, _next) = (_next, _current);

    public void Restore(ReadOnlySpan<T> values) => values.CopyTo(_current);
}
