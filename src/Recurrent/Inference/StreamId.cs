namespace Recurrent;

/// <summary>
/// A stream of a <see cref="StreamPool"/>: no other one of this process has the same, nor will one that is opened later. The
/// default value is no stream.
/// </summary>
/// <param name="Value">What the C interface calls the stream; 0 for none.</param>
public readonly record struct StreamId(long Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
