namespace Recurrent;

/// <summary>One way to divide a call between a session's threads; see <see cref="Session.Explain"/>.</summary>
/// <param name="Strategy">The way.</param>
/// <param name="Threads">Threads that it uses, the caller's included.</param>
/// <param name="PredictedMicroseconds">
/// Predicted time of the call in microseconds: to be compared with other predictions, not with a clock.
/// </param>
/// <param name="IsChosen">Whether the session takes it.</param>
public sealed record PlanCandidate(
    ThreadingStrategy Strategy, int Threads, double PredictedMicroseconds, bool IsChosen);
