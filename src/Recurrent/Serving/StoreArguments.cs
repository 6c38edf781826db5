using System.Text;

namespace Recurrent.Serving;

/// <summary>What every store asks of what it is given.</summary>
internal static class StoreArguments
{
    // Refuses what is no text, where two different keys would become the same bytes.
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>A key in UTF-8.</summary>
    public static byte[] RequireKey(string key, string argument = "key")
    {
        ArgumentNullException.ThrowIfNull(key, argument);
        if (key.Length is 0 or > StoredState.MaxKeyLength)
        {
            throw new ArgumentException(
                $"{argument}: expected 1 to {StoredState.MaxKeyLength} characters, found {key.Length}.", argument);
        }

        try
        {
            return Strict.GetBytes(key);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException(
                $"{argument}: expected text, found half of a surrogate pair at character {e.Index}.", argument, e);
        }
    }

    /// <summary>The keys of states in UTF-8.</summary>
    public static byte[][] RequireStates(ReadOnlyMemory<StoredState> states, Memory<StoreOutcome> outcomes)
    {
        ReadOnlySpan<StoredState> all = states.Span;
        if (all.IsEmpty)
        {
            throw new ArgumentException($"{nameof(states)}: expected 1 state or more, found none.", nameof(states));
        }

        if (outcomes.Length != all.Length)
        {
            throw new ArgumentException(
                $"{nameof(outcomes)}: expected {all.Length}, one for each state, found {outcomes.Length}.", nameof(outcomes));
        }

        byte[][] keys = new byte[all.Length][];
        HashSet<string> names = new(all.Length, StringComparer.Ordinal);
        for (int i = 0; i < all.Length; i++)
        {
            keys[i] = RequireKey(all[i].Key, $"{nameof(states)}[{i}].{nameof(StoredState.Key)}");
            if (!names.Add(all[i].Key))
            {
                throw new ArgumentException(
                    $"{nameof(states)}[{i}].{nameof(StoredState.Key)}: expected different keys, found one that is there already.",
                    nameof(states));
            }

            if (all[i].Sequence < 0)
            {
                throw new ArgumentException(
                    $"{nameof(states)}[{i}].{nameof(StoredState.Sequence)}: expected 0 or more, found {all[i].Sequence}.",
                    nameof(states));
            }
        }

        return keys;
    }

    /// <summary>What becomes of a state where the store has one with a sequence number.</summary>
    public static StoreOutcome OutcomeOf(long sequence, long? stored) =>
        stored is not { } there || there < sequence ? StoreOutcome.Written
        : there == sequence ? StoreOutcome.Unchanged
        : StoreOutcome.Fenced;
}
